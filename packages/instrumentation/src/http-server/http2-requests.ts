import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { RequestStart } from '../capture/arrived-request.ts';

/** What Node announces when a client opens a stream. */
export interface StreamStart {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

/** Versions of Node.js, by their major, from which on it announces streams; later majors do from the beginning. */
const FIRST_WITH_STREAMS: Readonly<Record<number, number>> = { 22: 17, 24: 2 };

/** Whether this Node.js announces the requests of HTTP/2. */
export function announcesStreams(version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || minor >= (FIRST_WITH_STREAMS[major] ?? Infinity);
}

/** Whether a stream is a call of gRPC, which has a span of its instrumentation. */
export function isCall({ headers }: StreamStart): boolean {
  return headers['content-type']?.startsWith('application/grpc') === true;
}

/**
 * Whether a stream is a request to be followed. Calls of gRPC are not; what a server pushes was not asked for; and `CONNECT` opens a
 * tunnel, as with HTTP/1.
 */
export function isHttpRequest(start: StreamStart): boolean {
  const { stream, headers } = start;
  const isAskedFor = (stream.id ?? 0) % 2 === 1;
  return isAskedFor && !isCall(start) && headers[':method'] !== 'CONNECT';
}

/** The request of a stream and its response, as far as those of HTTP/1 are read. */
export function requestOf({ stream, headers }: StreamStart): RequestStart {
  const { session } = stream;
  if (session === undefined) throw new Error('a stream without a session');
  const socket = connectionOf(session);
  const request = {
    method: headers[':method'],
    url: headers[':path'],
    httpVersion: '2.0',
    headers: { ...headers, host: headers[':authority'] ?? headers.host },
    stream,
    socket,
    // oxlint-disable-next-line typescript/unbound-method -- called on its stream
    emit: stream.emit,
  };
  const response = new StreamResponse(stream, session, request);
  return { request, response, socket, server: socket.server } as unknown as RequestStart;
}

/** What is known of a connection; kept with its session, as all that is worked out once for a connection. */
interface Connection {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly encrypted: boolean;
  readonly server: unknown;
}

const CONNECTIONS = new WeakMap<Http2Session, Connection>();

function connectionOf(session: Http2Session): Connection {
  const known = CONNECTIONS.get(session);
  if (known !== undefined) return known;
  // Now, because asking a session that is over throws.
  const { remoteAddress, remotePort, server } = session.socket as typeof session.socket & {
    readonly server?: unknown;
  };
  const connection = { remoteAddress, remotePort, encrypted: session.encrypted === true, server };
  CONNECTIONS.set(session, connection);
  return connection;
}

/** How far a stream's response has come, under the names that responses of HTTP/1 have. */
class StreamResponse {
  readonly req: object;
  readonly emit: ServerHttp2Stream['emit'];
  readonly #stream: ServerHttp2Stream;
  readonly #session: Http2Session;

  constructor(stream: ServerHttp2Stream, session: Http2Session, request: object) {
    this.#stream = stream;
    this.#session = session;
    this.req = request;
    // oxlint-disable-next-line typescript/unbound-method -- called on its stream
    this.emit = stream.emit;
  }

  /** Before it is said, what it is by default. */
  get statusCode(): number {
    return Number(this.getHeader(':status') ?? 200);
  }

  get headersSent(): boolean {
    return this.#stream.headersSent;
  }

  /**
   * Where the application reads the request itself, Node destroys a stream that both ends have closed before it would emit `finish`. One
   * that goes with its connection was not closed by both.
   */
  get writableFinished(): boolean {
    const { writableFinished, writableEnded, destroyed, errored } = this.#stream;
    const isClosed = writableEnded && destroyed && errored === null && !this.#session.destroyed;
    return writableFinished || isClosed;
  }

  get destroyed(): boolean {
    return this.#stream.destroyed;
  }

  /** Kept, as HTTP/1 has it, where the client has given up. */
  get socket(): object | null {
    return this.#stream.aborted || this.#stream.rstCode !== 0 ? this.#stream : null;
  }

  listenerCount(event: string): number {
    return this.#stream.listenerCount(event);
  }

  getHeader(name: string): string | number | readonly string[] | undefined {
    const sent = this.#stream.sentHeaders as ReturnType<() => ServerHttp2Stream['sentHeaders'] | undefined>;
    return sent?.[name.toLowerCase()];
  }
}
