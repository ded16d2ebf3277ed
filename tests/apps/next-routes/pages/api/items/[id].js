export default function handler(request, response) {
  if (request.query.id === 'fails') throw new RangeError('boom');
  response.json({ id: request.query.id });
}
