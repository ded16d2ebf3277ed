import express from 'express';

const app = express();
app.get('/users/:id', (request, response) => {
  response.json({ id: request.params.id });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});
