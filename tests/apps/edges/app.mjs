// A server that is strict with its clients: two requests a connection, and little time for a body.
import { createServer } from 'node:http';
import express from 'express';

const app = express();
const api = express.Router();
api.get('/users/:id', (_request, response) => response.send('user'));
app.use('/api', api);
app.get('/fast', (_request, response) => response.send('fast'));
app.get('/slow', (_request, response) => {
  setTimeout(() => response.send('slow'), Number(process.env.SLOW_MILLIS));
});
app.post('/body', (request, response) => {
  request.resume();
  request.on('end', () => response.send('read'));
});

const server = createServer(
  { connectionsCheckingInterval: 50, requestTimeout: 500, headersTimeout: 400 },
  app,
);
server.maxRequestsPerSocket = 2;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});
