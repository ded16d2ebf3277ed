import type { Clock } from '../clock.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { Reporter } from '../observe/reporter.ts';
import type { Tally } from '../observe/stats.ts';
import type { SendingQueue } from '../queue/sending-queue.ts';
import type { Connection } from './connection.ts';
import type { FrameSize } from './frame-size.ts';
import type { Isolation } from './isolation.ts';

/** One mode of the wire protocol, spoken over one connection for as long as it lasts. */
export interface Session {
  readonly mode: 'batch' | 'event';
  /** Events sent on this connection that nobody answered yet. */
  readonly inFlight: number;
  /** Bytes of what has to be acknowledged next: the oldest frame, in event mode the oldest event; 0 when nothing is in flight. */
  readonly oldestBytes: number;
  /** Milliseconds since the last progress, 0 when nothing is in flight. */
  readonly waitedMillis: number;
  /** Events sent on this connection. */
  readonly sentEvents: number;
  /** Events answered on this connection, accepted or refused. */
  readonly answeredEvents: number;
  /** What follows can only be sent on another connection. */
  readonly isAtEnd: boolean;
  /** The handshake of the connection is complete. */
  start(): void;
  receive(data: Buffer, isBinary: boolean): void;
  /** Everything that had come together was received. */
  received(): void;
  /** The socket took so many messages; `late`: it had no room for them before, so the line moves. */
  taken(count: number, late: boolean): void;
  /** Sends what the limits allow; without `everything` only what fills a batch. */
  pump(everything: boolean): void;
  /** The process ends in this turn: sends what the limits of the protocol allow, in one write. */
  leave(): void;
  /** The connection is gone: whatever is unanswered must be sent again on the next one. */
  stop(): void;
}

/** What every session works with. */
export interface SessionContext {
  readonly config: ExporterConfig;
  readonly clock: Clock;
  readonly connection: Connection;
  /** How long a server may take from the handshake to its `welcome`. */
  readonly welcomeTimeoutMillis: number;
  readonly queue: SendingQueue;
  readonly tally: Tally;
  readonly reporter: Reporter;
  /** The protocol is established; sending may begin. */
  onReady(): void;
  /** Events were settled; there is room to send. */
  onSettled(): void;
  /** There may be room to send for another reason. */
  onRoom(): void;
  readonly isolation: Isolation;
  readonly frameSize: FrameSize;
  /** What was in flight on the last connection and is not stored is in the queue again: an event of it may have to go. */
  judge(): void;
}
