import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { HttpServer } from './listening.ts';

/** Most TCP connections of each kind that are no WebSocket connections. */
export interface HttpConnectionLimits {
  readonly maxHttpConnections: number;
  readonly maxUnauthenticatedHttpConnections: number;
}

/**
 * Bounds the TCP connections of an HTTP server that have not become something else. Strangers, whose last request did not
 * show that they may read or send, have places of their own: over the limit, the one of them that has been without a new
 * request for longest gives way, of the address that holds the most. Whoever has shown it loses the connection only
 * to another that has, and never with a request in progress.
 */
export class HttpConnections {
  readonly #limits: HttpConnectionLimits;
  readonly #onEvicted: () => void;
  /** With their addresses, in the order in which they last began something. */
  readonly #strangers = new Map<Duplex, string>();
  /** With how many requests are in progress, in the order in which they last began one. */
  readonly #known = new Map<Duplex, number>();

  constructor(http: HttpServer, limits: HttpConnectionLimits, onEvicted: () => void) {
    this.#limits = limits;
    this.#onEvicted = onEvicted;
    const handshakes = new Map<string, Socket>();
    http.on('connection', (socket: Socket) => {
      const ends = endsOf(socket);
      handshakes.set(ends, socket);
      socket.once('close', () => {
        this.release(socket);
        if (handshakes.get(ends) === socket) handshakes.delete(ends);
      });
      this.#addStranger(socket);
    });
    // Requests come from another socket, which encrypts what the first one carries.
    http.on('secureConnection', (socket: Socket) => {
      const carrier = handshakes.get(endsOf(socket));
      if (carrier !== undefined) this.release(carrier);
      socket.once('close', () => this.release(socket));
      this.#addStranger(socket);
    });
  }

  /**
   * A request begins.
   *
   * @param isKnown it shows that whoever sent it may read or send
   * @returns false when all places of those are taken by requests in progress
   */
  began({ socket }: IncomingMessage, response: ServerResponse, isKnown: boolean): boolean {
    const inProgress = this.#known.get(socket) ?? 0;
    // Behind a proxy the next request may be that of somebody else.
    if (!isKnown && inProgress === 0) {
      this.#known.delete(socket);
      this.#addStranger(socket);
    }
    if (!isKnown) return true;
    this.release(socket);
    this.#known.set(socket, inProgress + 1);
    response.once('close', () => {
      const left = this.#known.get(socket);
      if (left !== undefined) this.#known.set(socket, left - 1);
    });
    return this.#known.size <= this.#limits.maxHttpConnections || this.#evictIdle();
  }

  /** The connection has become a WebSocket connection and counts elsewhere, or has ended. */
  release(socket: Duplex): void {
    this.#strangers.delete(socket);
    this.#known.delete(socket);
  }

  /** Ends connections on which nothing was ever said, such as a browser opens in advance: to Node.js a request may be on its way. */
  closeUnused(): void {
    for (const socket of this.#strangers.keys())
      if (socket instanceof Socket && socket.bytesRead === 0) socket.destroy();
  }

  #addStranger(socket: Socket): void {
    this.#strangers.delete(socket);
    this.#strangers.set(socket, socket.remoteAddress ?? '');
    if (this.#strangers.size <= this.#limits.maxUnauthenticatedHttpConnections) return;
    const greediest = mostFrequent(this.#strangers.values());
    const [oldest] = [...this.#strangers].find(([, address]) => address === greediest) ?? [socket];
    this.#evict(oldest);
  }

  #evictIdle(): boolean {
    const [idle] = [...this.#known].find(([, inProgress]) => inProgress === 0) ?? [];
    if (idle !== undefined) this.#evict(idle);
    return idle !== undefined;
  }

  #evict(socket: Duplex): void {
    // At once: the next connection must not find it still counted.
    this.release(socket);
    socket.destroy();
    this.#onEvicted();
  }
}

/** What no two open connections share. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}

function mostFrequent(values: Iterable<string>): string | undefined {
  const counts = new Map<string, number>();
  let most: string | undefined;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (most === undefined || count > (counts.get(most) ?? 0)) most = value;
  }
  return most;
}
