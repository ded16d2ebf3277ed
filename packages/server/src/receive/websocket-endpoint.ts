import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';

import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';

import { bearerOf } from '../access/auth.ts';
import { verdictOn, type Grant, type TokenBook } from '../access/token-book.ts';
import type { ClientAddress } from '../addresses/client-address.ts';
import { parseTarget } from '../http/request-target.ts';
import type { Counters, RefusalReason, ServerStats } from '../observe/counters.ts';
import { BATCH_PROTOCOL } from './batch-protocol.ts';
import { ConnectionLimits, type ConnectionLimitOptions } from './connection-limits.ts';
import { corkForTurn } from './cork.ts';
import type { Peer, Session } from './peer.ts';

/** Where WebSocket clients connect. */
export const WEBSOCKET_PATH = '/ws/events';

/** How long a peer may take to answer a closing handshake, milliseconds. */
const CLOSE_GRACE_MILLIS = 2000;

/**
 * Bytes of a message between two pings that are a sign of life: over a slow line no pong comes before the rest of it. Whoever
 * drips less holds a connection and brings nothing.
 */
const MIN_PART_BYTES = 256;

/** Bytes of answers, pongs among them, that a peer may leave unread. A client that keeps its window never comes near. */
const MAX_UNREAD_BYTES = 1_048_576;

/** As `ws` takes them; its types do not know all of them yet. */
interface SocketOptions extends ServerOptions {
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  readonly maxPendingAutoPongs: number;
}

/** What the endpoint needs. */
export interface EndpointOptions extends ConnectionLimitOptions {
  readonly tokens: Pick<TokenBook, 'findSender'>;
  readonly counters: Counters;
  readonly maxFrameBytes: number;
  readonly pingIntervalMillis: number;
  /** Whose limits a request counts against. */
  readonly addressOf: ClientAddress;
  /** A wrong token came from there, in an event. */
  readonly onGuess: (address: string) => void;
  readonly createSession: (peer: Peer, opening: Opening) => Session;
}

/** What is known of a connection when it opens. */
interface Opening {
  readonly mode: 'batch' | 'event';
  /** Of the token that the upgrade request carried. */
  readonly grant: Grant | undefined;
}

interface Connection {
  readonly socket: WebSocket;
  readonly session: Session;
  /** What its messages come over. */
  readonly stream: Pick<Socket, 'bytesRead'>;
  /** A message or a pong arrived since the last ping. */
  alive: boolean;
  /** Bytes that had arrived at the last ping. */
  bytesAtPing: number;
}

/** Accepts WebSocket connections, keeps them alive and hands their messages to sessions. The one user of `ws`. */
export class WebSocketEndpoint {
  readonly #options: EndpointOptions;
  readonly #connections = new Set<Connection>();
  readonly #limits: ConnectionLimits;
  readonly #server: WebSocketServer;
  readonly #heartbeat: NodeJS.Timeout;
  #closing = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#limits = new ConnectionLimits(options);
    this.#server = new WebSocketServer(socketOptions(options));
    this.#heartbeat = setInterval(() => this.#beat(), options.pingIntervalMillis);
    this.#heartbeat.unref();
  }

  get counts(): Pick<ServerStats, 'connections' | 'unauthenticated'> {
    return { connections: this.#connections.size, unauthenticated: this.#limits.unauthenticated };
  }

  /**
   * Handles the `upgrade` event of an HTTP server.
   *
   * @param refusedSeconds - for how long it is refused because of wrong tokens before it; 0: it is not
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, refusedSeconds = 0): void {
    socket.on('error', () => socket.destroy());
    const grant = isAuthenticated(request)
      ? this.#options.tokens.findSender(bearerOf(request.headers))
      : undefined;
    const refusal = this.#refusal(request, grant);
    if (refusal !== undefined) {
      this.#options.counters.refused(refusal.reason);
      const isTooMany = refusal.status === 401 && refusedSeconds > 0;
      refuseUpgrade(socket, isTooMany ? 429 : refusal.status, refusedSeconds);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (accepted) => {
      this.#accept(accepted, request, grant);
    });
  }

  /** Drains every session, closes its connection and waits until all are gone, at most the given time. */
  async close(code: number, reason: string, timeoutMillis: number): Promise<void> {
    this.#closing = true;
    clearInterval(this.#heartbeat);
    const connections = [...this.#connections];
    const gone = connections.map(
      ({ socket }) => new Promise<void>((resolve) => void socket.once('close', () => resolve())),
    );
    const deadline = setTimeout(() => {
      for (const { socket } of connections) socket.terminate();
    }, timeoutMillis);
    for (const { session } of connections) void session.drain(code, reason);
    await Promise.all(gone);
    clearTimeout(deadline);
  }

  #refusal(
    request: IncomingMessage,
    grant: Grant | undefined,
  ): { status: number; reason: RefusalReason } | undefined {
    if (parseTarget(request.url)?.pathname !== WEBSOCKET_PATH) return { status: 404, reason: 'unknown_path' };
    const denied = statusOf(request, grant);
    if (denied !== undefined) return { status: denied, reason: 'unauthorized' };
    const status = this.#closing
      ? 503
      : this.#limits.refusal(this.#options.addressOf(request), isAuthenticated(request));
    return status === undefined ? undefined : { status, reason: 'too_many_connections' };
  }

  #accept(socket: WebSocket, request: IncomingMessage, grant: Grant | undefined): void {
    const authenticated = isAuthenticated(request);
    this.#options.counters.add('accepted');
    // Before anything else: an 'error' without a listener would end the process.
    socket.on('error', (error) => this.#onError(socket, error));
    const mode = socket.protocol === BATCH_PROTOCOL ? 'batch' : 'event';
    const address = this.#options.addressOf(request);
    const counted = this.#limits.add(address, authenticated);
    const peer = this.#peerOf(socket, request.socket, {
      authenticated: () => counted.authenticated(),
      guessed: () => this.#options.onGuess(address),
    });
    const session = this.#options.createSession(peer, { mode, grant });
    const connection: Connection = { socket, session, stream: request.socket, alive: true, bytesAtPing: 0 };
    this.#connections.add(connection);
    socket.on('message', (data, binary) => {
      connection.alive = true;
      session.receive(data as Buffer, binary);
    });
    socket.on('pong', () => {
      connection.alive = true;
    });
    // Its pong has been written by then.
    socket.on('ping', () => this.#endUnread(socket));
    socket.on('close', () => {
      this.#connections.delete(connection);
      counted.ended();
      session.disconnected();
    });
  }

  #peerOf(socket: WebSocket, stream: Writable, shown: Pick<Peer, 'authenticated' | 'guessed'>): Peer {
    return {
      ...shown,
      send: (text) => {
        corkForTurn(stream);
        this.#send(socket, text);
      },
      close: (code, reason) => {
        // A paused socket would never see the peer's close frame.
        socket.resume();
        socket.close(code, reason);
        terminateSoon(socket);
      },
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    };
  }

  /** Answers that the peer does not read stay in this process; somebody who only writes must not fill its memory. */
  #send(socket: WebSocket, text: string): void {
    this.#endUnread(socket);
    if (socket.readyState === socket.OPEN) socket.send(text);
  }

  #endUnread(socket: WebSocket): void {
    if (socket.readyState !== socket.OPEN || socket.bufferedAmount <= MAX_UNREAD_BYTES) return;
    this.#options.counters.refused('unread_answers');
    socket.terminate();
  }

  /** A peer that broke the WebSocket protocol may never close: after the library's close frame it is cut off. */
  #onError(socket: WebSocket, error: Error): void {
    const code = 'code' in error ? error.code : undefined;
    this.#options.counters.refused(
      code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'too_large' : 'invalid_message',
    );
    terminateSoon(socket);
  }

  #beat(): void {
    for (const connection of this.#connections) {
      // While reading is paused no pong can arrive: the silence is ours.
      if (connection.socket.isPaused) continue;
      const { bytesRead } = connection.stream;
      if (!connection.alive && bytesRead - connection.bytesAtPing < MIN_PART_BYTES) {
        this.#options.counters.add('dead');
        connection.socket.terminate();
        continue;
      }
      connection.alive = false;
      connection.bytesAtPing = bytesRead;
      connection.socket.ping();
    }
  }
}

/**
 * A fragment of one byte costs a hundred in memory, and so does a chunk: without limits of their own a few strangers would
 * fill it with messages far below `maxFrameBytes`. Whoever sends KiBs at a time stays below.
 */
function socketOptions({ maxFrameBytes }: EndpointOptions): SocketOptions {
  return {
    noServer: true,
    clientTracking: false,
    maxPayload: maxFrameBytes,
    maxFragments: Math.max(64, Math.ceil(maxFrameBytes / 1024)),
    maxBufferedChunks: Math.max(1024, Math.ceil(maxFrameBytes / 256)),
    // It counts bytes, as of answers, with every version of the library: not all of them look at pongs.
    maxPendingAutoPongs: 0,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(BATCH_PROTOCOL) ? BATCH_PROTOCOL : false),
  };
}

function offersBatch(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === BATCH_PROTOCOL);
}

/** Clients that know only event mode send no header: their events carry the credentials. A wrong one is refused. */
function statusOf(request: IncomingMessage, grant: Grant | undefined): 401 | 403 | undefined {
  if (!isAuthenticated(request)) return offersBatch(request) ? 401 : undefined;
  const verdict = verdictOn(grant, 'ingest');
  if (verdict === 'ok') return undefined;
  return verdict === 'unknown' ? 401 : 403;
}

function refuseUpgrade(socket: Duplex, status: number, retrySeconds: number): void {
  const challenge = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : '';
  const retry = status === 429 && retrySeconds > 0 ? `Retry-After: ${retrySeconds}\r\n` : '';
  const reason = STATUS_CODES[status] ?? '';
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n${challenge}${retry}\r\n`,
  );
  socket.once('finish', () => socket.destroy());
}

/** Whether a request carries credentials; a connection with wrong ones is never accepted. */
function isAuthenticated(request: IncomingMessage): boolean {
  return request.headers.authorization !== undefined;
}

function terminateSoon(socket: WebSocket): void {
  const timer = setTimeout(() => socket.terminate(), CLOSE_GRACE_MILLIS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
