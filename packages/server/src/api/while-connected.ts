import type { Socket } from 'node:net';

import { askFor } from '../store/asker.ts';

/** Of each connection on which something was asked: aborted when it is closed. */
const closed = new WeakMap<Socket, AbortSignal>();

/** Asks the store for whoever is at the other end of a connection, as long as they are there. */
export function whileConnected<T>(socket: Socket, ask: () => T): T {
  return askFor(closed.get(socket) ?? watched(socket), ask);
}

function watched(socket: Socket): AbortSignal {
  const controller = new AbortController();
  closed.set(socket, controller.signal);
  // They may have left before anything was asked.
  if (socket.destroyed) controller.abort();
  else socket.once('close', () => controller.abort());
  return controller.signal;
}
