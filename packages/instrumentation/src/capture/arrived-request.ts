import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Attributes } from '@opentelemetry/api';
import { requestPath } from '@cerberus-otel/exporter-ws/internal';
import type { Origin } from '../enrich/client-address.ts';
import type { PeerHash } from '../enrich/peer-hash.ts';
import { routeOf } from '../routes/route-of.ts';
import { requestBodySize, responseBodySize } from './body-sizes.ts';
import { peerHashOf } from './peer-hash-of.ts';
import { agrees } from './request-agreement.ts';
import { listensOnUnixSocket } from './unix-listeners.ts';

/** What Node announces in `http.server.request.start`. */
export interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: Server;
}

/** How far the response to a request has come. */
export interface Answer {
  readonly statusCode: number;
  readonly writableFinished: boolean;
  readonly socketFailed: boolean;
  /** Nothing more comes of it: written, or given up. */
  readonly destroyed: boolean;
}

/** What headers say of the bodies of a request and its response; sizes in bytes. */
export interface RequestHeaders {
  readonly requestBodySize?: number | undefined;
  readonly responseBodySize?: number | undefined;
}

/** What is kept of the request behind a SERVER span. */
export class ArrivedRequest {
  readonly origin: Origin;
  /** The path as written on the wire, without query; Express rewrites `request.url` while it routes. */
  readonly path: string | undefined;
  /** Of its connection. */
  readonly peerHash: PeerHash;
  #open: RequestStart | undefined;
  #last: Answer | undefined;
  #userAgent: string | undefined;

  constructor(start: RequestStart) {
    const { request, socket, server } = start;
    const peer = socket.remoteAddress;
    this.origin = {
      peer,
      unixSocket: peer === undefined && listensOnUnixSocket(server),
      encrypted: 'encrypted' in socket && socket.encrypted === true,
      xForwardedFor: header(request, 'x-forwarded-for'),
      xForwardedProto: header(request, 'x-forwarded-proto'),
      forwarded: header(request, 'forwarded'),
    };
    this.path = requestPath(request.url ?? '');
    this.peerHash = peerHashOf(socket);
    this.#open = start;
  }

  /** The response as it is, or as it was when it was let go. */
  get answer(): Answer | undefined {
    return this.#open === undefined ? this.#last : answerOf(this.#open);
  }

  /** Whether a span stands for this request, as far as its attributes tell; not any more when it is over. */
  isOf(attributes: Attributes): boolean {
    return this.#open !== undefined && agrees(attributes, this.#open.request, this.#open.socket);
  }

  /** Nothing when the request is over. */
  get details(): RequestHeaders {
    if (this.#open === undefined) return {};
    const { request, response } = this.#open;
    return {
      requestBodySize: requestBodySize(request),
      responseBodySize: response.writableFinished ? responseBodySize(request, response) : undefined,
    };
  }

  /** What the client says of itself. */
  get userAgent(): string | undefined {
    return this.#open === undefined ? this.#userAgent : this.#open.request.headers['user-agent'];
  }

  /** What the application's router has chosen, for whom no instrumentation says it. */
  get route(): string | undefined {
    if (this.#open === undefined) return undefined;
    const { request, response } = this.#open;
    return routeOf(request, response.statusCode);
  }

  /**
   * Lets go of the response when its span has ended. Spans are reachable for longer than their requests, through contexts
   * that nobody has collected yet; with a response behind each of them, the garbage collector would move every request
   * twice, which costs several times what everything else here does (docs/performance/what-made-the-difference.md).
   */
  release(): void {
    this.#last = this.answer;
    this.#userAgent = this.userAgent;
    this.#open = undefined;
  }
}

function answerOf({ response, socket }: RequestStart): Answer {
  return {
    statusCode: response.statusCode,
    writableFinished: response.writableFinished,
    socketFailed: !letGoOfSocket(response) || (socket.errored !== null && socket.errored !== undefined),
    destroyed: response.destroyed,
  };
}

/**
 * Node takes the socket from a response that has finished, and leaves it to one whose client has hung up. Hapi ends that one
 * too, and before Node 24 it then counts as finished.
 */
function letGoOfSocket(response: ServerResponse): boolean {
  return response.socket === null;
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
