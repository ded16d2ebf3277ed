import { AckDeadline } from './ack-deadline.ts';
import { eventMessages, isRefusal } from './event-protocol.ts';
import { traceEvents } from './event-trace.ts';
import type { EventBytes } from './sending-queue.ts';
import type { Session, SessionContext } from './session.ts';

/** Answered slots at the front of the window that are worth a copy of the rest. */
const COMPACT_FROM = 1024;

/** Event mode (PROTOCOL.md): one event per message, answered in order, a window of them in flight. */
export class EventSession implements Session {
  readonly mode = 'event';
  sentEvents = 0;
  answeredEvents = 0;
  readonly #context: SessionContext;
  readonly #message: (event: EventBytes) => Buffer;
  readonly #deadline: AckDeadline;
  readonly #acknowledged: boolean;
  /** Unanswered events, oldest at `#head`. */
  #window: EventBytes[] = [];
  #head = 0;

  constructor(context: SessionContext) {
    const { config, clock, connection } = context;
    this.#context = context;
    this.#message = eventMessages(config.token, config.clientId);
    this.#acknowledged = config.acks === 'required';
    this.#deadline = new AckDeadline(config.ackTimeoutMillis, clock, () =>
      connection.abort({ kind: 'timeout', what: 'acknowledgement' }),
    );
  }

  get inFlight(): number {
    return this.#window.length - this.#head;
  }

  get waitedMillis(): number {
    return this.#deadline.waitedMillis;
  }

  start(): void {
    this.#context.onReady();
  }

  receive(data: Buffer): void {
    if (!this.#acknowledged) return;
    if (this.inFlight === 0) {
      this.#context.tally.unexpectedMessages += 1;
      return;
    }
    this.#settle(1, isRefusal(data.toString()));
  }

  taken(count: number): void {
    if (!this.#acknowledged && this.inFlight > 0) this.#settle(Math.min(count, this.inFlight), false);
  }

  pump(everything: boolean): void {
    const { config, connection, queue } = this.#context;
    const window = this.#context.oneAtATime ? 1 : config.maxInFlightEvents;
    const room = window - this.inFlight;
    if (room <= 0 || connection.bufferedBytes >= config.maxBufferedBytes) return;
    if (!everything && queue.length < config.maxBatchEvents) return;
    // Refilled by halves: one system call for many events instead of one for each answer.
    if (queue.length > room && room * 2 < window) return;
    const events = queue.take(room, config.maxBufferedBytes);
    if (events.length === 0) return;
    for (const event of events) this.#window.push(event);
    this.sentEvents += events.length;
    traceEvents(this.#context.reporter, 'sent', events);
    this.#write(events);
    this.#deadline.sent();
  }

  stop(): void {
    this.#deadline.stop();
    this.#context.queue.putBack(this.#window.slice(this.#head));
    this.#window = [];
    this.#head = 0;
  }

  #write(events: readonly EventBytes[]): void {
    const { connection, tally } = this.#context;
    const messages = events.map(this.#message);
    for (const { length } of messages) tally.bytesSent += length;
    connection.send(messages, 'text');
  }

  /** The oldest `count` are answered. */
  #settle(count: number, refused: boolean): void {
    const { queue, tally } = this.#context;
    const events = this.#window.slice(this.#head, this.#head + count);
    this.#head += count;
    if (this.#head === this.#window.length || this.#head >= COMPACT_FROM) {
      this.#window = this.#window.slice(this.#head);
      this.#head = 0;
    }
    queue.release(events);
    if (refused) tally.rejected += count;
    else tally.acked += count;
    this.answeredEvents += count;
    this.#deadline.progress(this.inFlight > 0);
    traceEvents(this.#context.reporter, refused ? 'rejected' : 'acknowledged', events);
    this.#context.onSettled(count);
  }
}
