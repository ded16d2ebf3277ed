import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { judge, type ReaderAccess } from '../access/reader-access.ts';
import { failure, type Reply } from '../http/response.ts';
import type { EventFilter } from '../store/filter/event-filter.ts';
import type { LiveFeed } from './live-feed.ts';
import { parseLiveQuery } from './query/event-questions.ts';
import { ROUTE_NEEDS } from './route-needs.ts';

const MAX_STREAMS = 64;

/** The open answers of `GET /api/live`. */
export class LiveStreams {
  readonly #feed: LiveFeed;
  readonly #access: ReaderAccess;
  readonly #onOpened: (socket: Duplex) => void;
  /** By their connections, each of which has one: another answer behind it would never begin. */
  readonly #open = new Map<Socket, ServerResponse>();

  /** @param onOpened is told of a connection that will stay open and is counted here from now on */
  constructor(feed: LiveFeed, access: ReaderAccess, onOpened: (socket: Duplex) => void) {
    this.#feed = feed;
    this.#access = access;
    this.#onOpened = onOpened;
  }

  reply(message: IncomingMessage, params: URLSearchParams): Reply {
    if (this.#open.size >= MAX_STREAMS) {
      return failure(503, `${MAX_STREAMS} readers watch already`, { 'retry-after': '10' });
    }
    const parsed = parseLiveQuery(params);
    if (!parsed.ok) return failure(400, parsed.error);
    return { stream: (response) => this.#serve(message, response, parsed.query) };
  }

  /** Ends them all, so that the server can stop. */
  close(): void {
    for (const response of this.#open.values()) response.end();
  }

  #serve(message: IncomingMessage, response: ServerResponse, filter: EventFilter): void {
    const { socket } = message;
    // Who left while the answer had to wait does not leave again.
    if (socket.destroyed || this.#open.has(socket)) {
      response.destroy();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      connection: 'close',
      // nginx would otherwise hold the events back until its buffer is full.
      'x-accel-buffering': 'no',
    });
    response.write(`retry: 2000
${this.#feed.alive()}`);
    this.#open.set(socket, response);
    this.#onOpened(socket);
    const stop = this.#feed.listen(
      {
        write: (text) => void response.write(text),
        unreadBytes: () => response.writableLength,
        mayWatch: () => judge(message, ROUTE_NEEDS['GET /api/live'], this.#access) === 'ok',
        end: () => void response.end(),
      },
      filter,
    );
    socket.once('close', () => {
      stop();
      this.#open.delete(socket);
    });
  }
}
