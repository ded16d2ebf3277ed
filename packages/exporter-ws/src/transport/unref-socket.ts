import type { Socket } from 'node:net';

/**
 * Neither a socket that is being connected nor an open one keeps the process alive. Node tries the addresses of a name one after
 * the other, each with a handle of its own that holds the process again.
 */
export function unrefSocket(socket: Socket): void {
  socket.unref();
  socket.on('connectionAttempt', () => socket.unref());
}
