import type { Duplex } from 'node:stream';

/** A socket of Node's, or whatever stream an agent brings in the place of one: that holds no process. */
export type AnySocket = Duplex & { unref?(): unknown };

/**
 * Neither a socket that is being connected nor an open one keeps the process alive. Node tries the addresses of a name one after
 * the other, each with a handle of its own that holds the process again.
 */
export function unrefSocket(socket: AnySocket): void {
  socket.unref?.();
  socket.on('connectionAttempt', () => socket.unref?.());
}
