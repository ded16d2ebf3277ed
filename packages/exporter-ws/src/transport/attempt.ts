import type { Clock } from '../clock.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { Reporter } from '../observe/reporter.ts';
import type { Tally } from '../observe/stats.ts';
import type { Backlog } from '../protocol/backlog.ts';
import { BATCH_SUBPROTOCOL } from '../protocol/batch-protocol.ts';
import { BatchSession } from '../protocol/batch-session.ts';
import type { Connection, Disconnect } from '../protocol/connection.ts';
import { EventSession } from '../protocol/event-session.ts';
import type { Lane } from '../protocol/lane.ts';
import type { Session } from '../protocol/session.ts';
import type { SendingQueue } from '../queue/sending-queue.ts';
import type { CertificateStore } from './certificates.ts';
import { Heartbeat } from './heartbeat.ts';
import { NO_WS } from './hints.ts';
import { loadWs } from './load-ws.ts';
import type { ConnectionSummary } from './reconnect-plan.ts';
import { openConnection } from './ws-connection.ts';

/** What sending works with. */
export interface SenderParts {
  readonly config: ExporterConfig;
  readonly queue: SendingQueue;
  readonly backlog: Backlog;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/** What an attempt works with. */
export interface AttemptParts extends SenderParts {
  readonly certificates: CertificateStore;
}

/** What a connection has achieved, and what was in flight at its end. */
export interface Achievement extends Omit<ConnectionSummary, 'narrowed'> {
  /** Events that were sent and not answered. */
  readonly inFlight: number;
  /** Bytes of what had to be acknowledged next. */
  readonly oldestBytes: number;
}

/** Told what becomes of a connection. */
export interface AttemptListener {
  /** The protocol is established; sending may begin. */
  onReady(attempt: Attempt): void;
  /** Events were settled; there is room to send. */
  onSettled(): void;
  /** There may be room to send for another reason. */
  onRoom(): void;
  /** The peer has said goodbye: nothing can be sent on it any more, and `onEnd` comes soon. */
  onClosing(attempt: Attempt): void;
  /** It ended, or never came to be. Comes once, also after `dismantle`. */
  onEnd(attempt: Attempt, end: Disconnect): void;
}

/** One connection from its first byte to its last, and what is spoken over it. */
export class Attempt {
  /** Batch mode is offered. */
  readonly offered: boolean;
  /** What is sent over it in batch mode. */
  readonly lane: Lane;
  readonly #welcomeTimeoutMillis: number;
  readonly #parts: AttemptParts;
  readonly #listener: AttemptListener;
  #connection: Connection | undefined;
  #session: Session | undefined;
  #heartbeat: Heartbeat | undefined;
  #isReady = false;
  #isDismantled = false;
  /** When the peer said goodbye. */
  #atGoodbye: Achievement | undefined;
  #hasGone: () => void = () => undefined;

  /** @param welcomeTimeoutMillis how long a server that selects batch mode may take to its `welcome` */
  constructor(
    offered: boolean,
    welcomeTimeoutMillis: number,
    parts: AttemptParts,
    listener: AttemptListener,
  ) {
    this.offered = offered;
    this.#welcomeTimeoutMillis = welcomeTimeoutMillis;
    this.lane = parts.backlog.lane;
    this.#parts = parts;
    this.#listener = listener;
  }

  /** What is spoken, once the handshake of the connection is complete. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Whether the protocol was established. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** What it has achieved until now, or until the peer said goodbye. */
  get achievement(): Achievement {
    const session = this.#session;
    return (
      this.#atGoodbye ?? {
        inFlight: session?.inFlight ?? 0,
        oldestBytes: session?.oldestBytes ?? 0,
        offered: this.offered,
        mode: this.#isReady ? session?.mode : undefined,
        sentEvents: session?.sentEvents ?? 0,
        answeredEvents: session?.answeredEvents ?? 0,
        waitedMillis: session?.waitedMillis ?? 0,
      }
    );
  }

  /** Opens the connection. To be called once; never rejects. */
  async connect(): Promise<void> {
    const { certificates, config, clock } = this.#parts;
    const { wsUrl, token, connectTimeoutMillis, proxy, agent } = config;
    const listener = this.#listener;
    const subprotocol = this.offered ? BATCH_SUBPROTOCOL : undefined;
    try {
      const { WebSocket } = await loadWs().catch((error: unknown) => {
        throw new WsNotLoaded(codeOf(error));
      });
      const how = {
        wsUrl,
        token,
        connectTimeoutMillis,
        proxy,
        agent,
        certificates: await certificates.next(),
      };
      if (this.#isDismantled) return;
      this.#connection = openConnection(WebSocket, how, subprotocol, clock, {
        onOpen: () => this.#opened(),
        onMessage: (data, isBinary) => this.#session?.receive(data, isBinary),
        onReceived: () => this.#session?.received(),
        onLife: () => this.#heartbeat?.life(),
        onClosing: () => this.#closing(),
        onTaken: (count, late) => {
          // Somebody makes room for it, or a silent peer would have filled up.
          if (late) this.#heartbeat?.life();
          this.#session?.taken(count, late);
          listener.onRoom();
        },
        onEnd: (end) => this.#ended(end),
      });
    } catch (error) {
      // An agent that throws, or an option that this version of ws refuses.
      const code = error instanceof WsNotLoaded ? error.message : 'an error before the first byte';
      this.#ended({ kind: 'failed', code });
    }
  }

  /** Nothing is said on it any more, and what is unanswered is to be sent again on another. */
  dismantle(): void {
    this.#isDismantled = true;
    this.#heartbeat?.stop();
    this.#session?.stop();
  }

  /** Waits no longer for a peer that has said goodbye to hang up. */
  cutShort(): void {
    this.#connection?.cutShort();
  }

  /** Says goodbye, without waiting for an answer. */
  hangUp(): void {
    this.#connection?.close();
  }

  /** Says goodbye; resolves when the connection is gone, at once if there is none. */
  async close(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    await new Promise<void>((resolve) => {
      this.#hasGone = resolve;
      connection.close();
    });
  }

  #opened(): void {
    const connection = this.#connection;
    const { backlog, config, clock } = this.#parts;
    if (connection === undefined || this.#isDismantled) return;
    this.#heartbeat = new Heartbeat(config, clock, {
      ping: () => connection.ping(),
      patience: () => backlog.frameSize.patience(this.#session?.oldestBytes ?? 0),
      onDead: () => connection.abort({ kind: 'timeout', what: 'ping' }),
    });
    const context = {
      ...this.#parts,
      connection,
      welcomeTimeoutMillis: this.#welcomeTimeoutMillis,
      isolation: backlog.isolation,
      frameSize: backlog.frameSize,
      judge: () => backlog.judge(),
      onReady: () => {
        this.#isReady = true;
        this.#listener.onReady(this);
      },
      onSettled: () => this.#listener.onSettled(),
      onRoom: () => this.#listener.onRoom(),
    };
    if (!this.offered) backlog.dissolve();
    this.#session = this.offered ? new BatchSession(context, this.lane) : new EventSession(context);
    this.#session.start();
  }

  /** What is unanswered stays so. */
  #closing(): void {
    this.#atGoodbye = this.achievement;
    this.#heartbeat?.stop();
    this.#session?.stop();
    this.#listener.onClosing(this);
  }

  #ended(end: Disconnect): void {
    this.#hasGone();
    this.#listener.onEnd(this, end);
  }
}

class WsNotLoaded extends Error {}

/** Why `ws` cannot be loaded: the code of the system, such as `EMFILE`, or where there is none what keeps it away for good. */
function codeOf(error: unknown): string {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === 'string' && /^E(?!RR_)[A-Z]+$/.test(code) ? code : NO_WS;
}
