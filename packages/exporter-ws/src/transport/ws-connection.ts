import type { Writable } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Clock, Timer } from '../clock.ts';
import type { Connection, Disconnect } from '../protocol/connection.ts';
import type { Message } from '../protocol/message.ts';
import { clientFrames } from './client-frames.ts';
import { clientOptions, type ConnectionConfig } from './client-options.ts';
import { FrameMemory } from './frame-memory.ts';
import { withoutTracing } from './suppressed-context.ts';
import { ProxyError } from './tunnel.ts';
import type { AnySocket } from './unref-socket.ts';

const { Socket } = process.getBuiltinModule('node:net');
/** Taken once: fake timers of a test would stop it. */
const { queueMicrotask } = globalThis;

/** What the owner of a connection hears. After `onEnd`, which comes exactly once, nothing more is said. */
export interface ConnectionHandlers {
  /** The handshake is complete. `subprotocol` is empty when the server selected none. */
  onOpen(subprotocol: string): void;
  onMessage(data: Buffer, isBinary: boolean): void;
  /** All messages that were read together were handed over; comes before anything else happens. */
  onReceived(): void;
  /** Anything at all was received. */
  onLife(): void;
  /** The peer has said goodbye: it takes and answers nothing any more, and will be gone soon. */
  onClosing(): void;
  /** The socket took the oldest so many messages that it had not taken; `late`: there was no room for them before. */
  onTaken(count: number, late: boolean): void;
  onEnd(end: Disconnect): void;
}

/** The class of `ws`, which is loaded with the first connection. */
export type WebSocketConstructor = typeof WebSocket;

const CLOSE_TIMEOUT_MILLIS = 1_000;
const REST_MILLIS = 1;
/** More messages that answer nothing, in so short a time, would take the application's processor. */
const MAX_UNASKED = 10_000;
const UNASKED_MILLIS = 1_000;
/** A write that takes so long waits for room. Over TLS all take a turn of the event loop, which may be a long one. */
const LATE_MILLIS = 1_000;
/** A client's close frame with code 1000 under a zero mask (RFC 6455 §5.2, §5.5.1). */
const CLOSE_NORMALLY = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);
/** The same with 1001: the process is ending. */
const CLOSE_GOING_AWAY = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]);

/**
 * Starts to connect. The upgrade request carries the token as `Authorization: Bearer` and, when `subprotocol` is
 * given, offers it. Redirects are not followed. No span is made and the process is not kept alive.
 */
export function openConnection(
  webSocket: WebSocketConstructor,
  config: ConnectionConfig,
  subprotocol: string | undefined,
  clock: Clock,
  handlers: ConnectionHandlers,
): Connection {
  return withoutTracing(() => new WsConnection(webSocket, config, subprotocol, clock, handlers));
}

class WsConnection implements Connection {
  readonly #ws: WebSocket;
  readonly #handlers: ConnectionHandlers;
  readonly #clock: Clock;
  readonly #memory = new FrameMemory();
  /** Ends the way to the backend, where a proxy is asked for it. */
  readonly #reaching = new AbortController();
  #socket: Writable | undefined;
  readonly #offered: boolean;
  #deadline: Timer;
  #rest: Timer | undefined;
  #receiving = false;
  #open = false;
  #isClosing = false;
  #ended = false;
  #pinged = false;
  /** Messages that answered nothing, since a moment. */
  #unasked = 0;
  #unaskedSince: number;

  constructor(
    webSocket: WebSocketConstructor,
    config: ConnectionConfig,
    subprotocol: string | undefined,
    clock: Clock,
    handlers: ConnectionHandlers,
  ) {
    this.#handlers = handlers;
    this.#clock = clock;
    this.#unaskedSince = clock.now();
    this.#offered = subprotocol !== undefined;
    this.#ws = new webSocket(
      config.wsUrl,
      subprotocol === undefined ? [] : [subprotocol],
      clientOptions(config, this.#reaching.signal),
    );
    // The `error` listener comes first: without one, a refused port would end the process.
    this.#ws.on('error', (error) => this.#end({ kind: 'failed', code: errorCode(error) }));
    this.#ws.on('close', (code) => this.#end({ kind: 'closed', code }));
    this.#listenToHandshake();
    this.#listenToTraffic();
    // ws's own handshakeTimeout starts anew with each byte received; a deadline does not.
    this.#deadline = clock.after(config.connectTimeoutMillis, () =>
      // After an event loop that was blocked, the answer may be there and unread.
      clock.afterInput(() => {
        if (!this.#open) this.abort({ kind: 'timeout', what: 'connect' });
      }),
    );
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  send(messages: readonly Message[], kind: 'text' | 'binary'): number {
    const socket = this.#socket;
    if (socket === undefined || this.#ended || this.#ws.readyState !== this.#ws.OPEN) return 0;
    const { frames, bytes } = clientFrames(messages, kind, this.#memory.take);
    // The kernel or TLS has a copy of what was taken. What an agent brings may be any stream, and pass the bytes themselves on.
    let lent = socket instanceof Socket;
    let waitingSince: number | undefined;
    const giveBack = (): void => {
      if (lent) this.#memory.giveBack(frames.buffer as ArrayBuffer);
      lent = false;
    };
    // Past ws, which only ever writes whole frames itself; without compression it holds none back.
    socket.write(frames, (error) => {
      giveBack();
      // For what a reset cuts off Node calls back as if it had been written.
      if (this.#ended || error || socket.destroyed) return;
      const waited = waitingSince === undefined ? 0 : this.#clock.now() - waitingSince;
      this.#handlers.onTaken(messages.length, waited >= LATE_MILLIS);
    });
    // Mostly it is taken at once, and called back later: the next frame finds the same memory, still in the caches.
    if (socket.writableLength === 0) giveBack();
    else waitingSince = this.#clock.now();
    return bytes;
  }

  sendLast(messages: readonly Message[]): number {
    const socket = this.#socket;
    if (socket === undefined) return 0;
    socket.cork();
    const bytes = messages.length === 0 ? 0 : this.send(messages, 'text');
    socket.write(CLOSE_GOING_AWAY);
    socket.uncork();
    return bytes;
  }

  ping(): void {
    if (this.#ended || this.#ws.readyState !== this.#ws.OPEN) return;
    this.#pinged = true;
    this.#ws.ping();
  }

  unasked(): void {
    this.#unasked += 1;
    if (this.#unasked <= MAX_UNASKED) return;
    const now = this.#clock.now();
    if (now - this.#unaskedSince < UNASKED_MILLIS)
      this.#end({ kind: 'protocol_violation', why: 'the backend goes on and on with what nobody asked for' });
    this.#unasked = 0;
    this.#unaskedSince = now;
  }

  rest(): void {
    if (this.#rest !== undefined || this.#ended || this.#ws.readyState !== this.#ws.OPEN) return;
    this.#ws.pause();
    this.#rest = this.#clock.after(REST_MILLIS, () => this.#readOn());
  }

  close(): void {
    if (this.#ended) return;
    this.#readOn();
    this.#isClosing = true;
    if (this.#ws.readyState !== this.#ws.OPEN) {
      this.abort({ kind: 'closed', code: 1000 });
      return;
    }
    this.#ws.close(1000);
    this.#deadline = this.#clock.holdFor(CLOSE_TIMEOUT_MILLIS, () =>
      this.abort({ kind: 'closed', code: 1000 }),
    );
  }

  cutShort(): void {
    // The end that follows has the code of the peer's goodbye, which only ws knows.
    if (this.#isClosing) this.#ws.terminate();
  }

  abort(end: Disconnect): void {
    this.#end(end);
  }

  #readOn(): void {
    this.#rest?.cancel();
    this.#rest = undefined;
    this.#ws.resume();
  }

  #listenToHandshake(): void {
    this.#ws.on('upgrade', (response) => {
      // An agent may have brought a socket of its own, or taken the reference back.
      const socket: AnySocket = response.socket;
      socket.unref?.();
      this.#socket = socket;
      if (this.#offered && response.headers['sec-websocket-protocol'] === undefined) {
        // ws fails this handshake with an error that has no code, so it is recognised here; and it hangs up without a
        // goodbye, which a server that accepted us would log as an error.
        socket.write(CLOSE_NORMALLY);
        this.#end({ kind: 'not_batch', why: 'the backend does not speak batch mode' });
      }
    });
    this.#ws.on('unexpected-response', (request, response) => {
      const { statusCode: status = 0, headers } = response;
      request.destroy();
      this.#end({ kind: 'upgrade_refused', status, retryAfter: headers['retry-after'] });
    });
    this.#ws.on('open', () => {
      if (this.#ended) return;
      this.#open = true;
      this.#deadline.cancel();
      this.#listenToGoodbye();
      this.#handlers.onOpen(this.#ws.protocol);
    });
  }

  /**
   * ws answers a goodbye and then waits for the peer to hang up, half a minute if need be, in which it says nothing. Its own
   * listeners come first, so its state tells what was just read.
   */
  #listenToGoodbye(): void {
    const look = (): void => {
      if (this.#ended || this.#isClosing || this.#ws.readyState === this.#ws.OPEN) return;
      this.#isClosing = true;
      // What came before the goodbye counts.
      this.#received();
      this.#deadline = this.#clock.after(CLOSE_TIMEOUT_MILLIS, () => this.cutShort());
      this.#handlers.onClosing();
    };
    this.#socket?.on('data', look);
    this.#socket?.on('end', look);
  }

  #listenToTraffic(): void {
    const alive = (): void => {
      if (!this.#ended) this.#handlers.onLife();
    };
    this.#ws.on('ping', alive);
    this.#ws.on('pong', () => {
      alive();
      if (!this.#pinged) this.unasked();
      this.#pinged = false;
    });
    this.#ws.on('message', (data, isBinary) => {
      if (this.#ended) return;
      // ws hands over all messages of a read without a pause between them.
      if (!this.#receiving) {
        alive();
        queueMicrotask(() => this.#received());
      }
      this.#receiving = true;
      this.#handlers.onMessage(asBuffer(data), isBinary);
    });
  }

  #received(): void {
    if (!this.#receiving) return;
    this.#receiving = false;
    this.#handlers.onReceived();
  }

  #end(end: Disconnect): void {
    if (this.#ended) return;
    this.#ended = true;
    // Nothing is sent any more, also not into the room that the last answers make.
    this.#received();
    this.#deadline.cancel();
    this.#rest?.cancel();
    // After an error ws waits up to its close timeout for the peer; nothing is left to wait for.
    this.#ws.terminate();
    if (!this.#open) this.#reaching.abort();
    this.#handlers.onEnd(end);
  }
}

/** @param error whatever an agent says has happened, which may name what is nobody's business */
function errorCode(error: unknown): string {
  const { code } = Object(error) as { readonly code?: unknown };
  if (typeof code !== 'string') return 'an invalid handshake';
  return error instanceof ProxyError || /^\w{1,60}$/.test(code) ? code : 'an error of its agent';
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
