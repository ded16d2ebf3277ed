import restify from 'restify';

const server = restify.createServer();
server.get('/users/:id', (request, response, next) => {
  response.send({ id: request.params.id });
  next();
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
