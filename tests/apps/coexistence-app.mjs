// An Express application that has a WebSocket server and a subscriber of its own, and sends no telemetry by itself.
import { setMetric } from '@cerberus-otel/instrumentation';
import express from 'express';
import { subscribe } from 'node:diagnostics_channel';
import { WebSocketServer } from 'ws';

let announced = 0;
subscribe('http.server.request.start', () => {
  announced += 1;
});

const app = express();
app.get('/users/:id', (_request, response) => {
  setMetric('helper', 1);
  response.json({ announced });
});
app.get('/boom', () => {
  throw new Error('thrown on purpose');
});
app.use((_error, _request, response, _next) => {
  response.status(500).end();
});

const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`{"port":${server.address().port}}\n`);
});
new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('message', (data) => socket.send(`echo ${data.toString()}`));
});
