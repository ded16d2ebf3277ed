import type { Server } from 'node:net';

/** Servers on an inherited unix socket, remembered because one that is closed does not tell any more. */
const inherited = new WeakSet<Server>();

/**
 * Whether connections of this server come through a unix socket: one with a path, or one that the process inherited as a
 * file descriptor (`listen({ fd })`), of which Node knows no path. A TCP connection that was reset has no peer either, and must
 * not pass for one of them: so a server that does not listen (any more) is believed only if it did so before.
 *
 * @param server none for a connection of HTTP/2 that is no socket
 */
export function listensOnUnixSocket(server: Server | null | undefined): boolean {
  if (server === undefined || server === null) return false;
  const address = server.address();
  if (typeof address === 'string') return true;
  if (address !== null) return false;
  if (server.listening) inherited.add(server);
  return inherited.has(server);
}
