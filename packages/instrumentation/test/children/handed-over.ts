// A server that never listens: whoever has accepted its connections hands them over, as `@socket.io/sticky` does in a cluster.
import { createServer } from 'node:http';
import type { Socket } from 'node:net';

const server = createServer((_request, response) => response.end());
process.on('message', (_message, socket) => {
  server.emit('connection', socket);
  (socket as Socket).resume();
});
process.send?.('ready');
