import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Bounds the TCP connections of an HTTP server that have not become something else. Over the limit the one that has
 * been without a new request for longest gives way: somebody who opens connections and says nothing cuts off
 * himself, while a request that arrives whole is answered before its turn comes.
 */
export class HttpConnections {
  /** In the order in which they last began something. */
  readonly #open = new Set<Duplex>();

  constructor(http: Server, max: number, onEvicted: () => void) {
    http.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      if (this.#open.size <= max) return;
      const [oldest] = this.#open;
      // At once: the next connection must not find it still counted.
      if (oldest !== undefined) this.#open.delete(oldest);
      oldest?.destroy();
      onEvicted();
    });
    http.on('request', ({ socket }) => {
      if (this.#open.delete(socket)) this.#open.add(socket);
    });
  }

  /** The connection has become a WebSocket connection and counts elsewhere. */
  release(socket: Duplex): void {
    this.#open.delete(socket);
  }
}
