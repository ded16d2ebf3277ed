import { traceEvents } from '../observe/event-trace.ts';
import { EventBatch } from '../queue/event-batch.ts';
import { EventRuns } from '../queue/event-runs.ts';
import { AckDeadline } from './ack-deadline.ts';
import { eventMessages, isRefusal } from './event-protocol.ts';
import type { Message } from './message.ts';
import { serviceMembers } from '../config/service-members.ts';
import type { Session, SessionContext } from './session.ts';

/** While so many answers are due, reading them together is worth a wait: an answer by itself costs as much as its event. */
const REST_FROM = 32;

/** Event mode (PROTOCOL.md): one event per message, answered in order, a window of them in flight. */
export class EventSession implements Session {
  readonly mode = 'event';
  sentEvents = 0;
  answeredEvents = 0;
  readonly isAtEnd = false;
  readonly #context: SessionContext;
  readonly #messages: (events: EventBatch) => Message[];
  readonly #deadline: AckDeadline;
  readonly #acknowledged: boolean;
  readonly #unanswered = new EventRuns();
  /** Messages of the backend. */
  #answers = 0;
  /** Answers in a row that say the same, not yet settled; and whether they refuse. */
  #unsettled = 0;
  #refused = false;

  constructor(context: SessionContext) {
    const { config, clock, connection, frameSize } = context;
    this.#context = context;
    this.#messages = eventMessages(config.token, config.clientId, serviceMembers(config));
    this.#acknowledged = config.acks === 'required';
    this.#deadline = new AckDeadline(
      () => config.ackTimeoutMillis * frameSize.patience(this.oldestBytes),
      clock,
      () => connection.abort({ kind: 'timeout', what: 'acknowledgement' }),
    );
  }

  get inFlight(): number {
    return this.#unanswered.length;
  }

  get oldestBytes(): number {
    return this.#unanswered.oldestBytes;
  }

  get waitedMillis(): number {
    return this.#deadline.waitedMillis;
  }

  start(): void {
    this.#context.judge();
    this.#context.onReady();
  }

  receive(data: Buffer): void {
    this.#answers += 1;
    if (this.sentEvents - this.#answers >= REST_FROM) this.#context.connection.rest();
    if (this.#answers > this.sentEvents) this.#context.connection.unasked();
    if (!this.#acknowledged) return;
    if (this.inFlight === this.#unsettled) {
      this.#context.tally.unexpectedMessages += 1;
      return;
    }
    const refused = isRefusal(data.toString());
    if (refused !== this.#refused) this.received();
    this.#refused = refused;
    this.#unsettled += 1;
  }

  received(): void {
    const count = this.#unsettled;
    this.#unsettled = 0;
    if (count > 0) this.#settle(count, this.#refused);
  }

  taken(count: number, late: boolean): void {
    if (late) this.#deadline.progress(this.inFlight > 0);
    if (!this.#acknowledged && this.inFlight > 0) this.#settle(Math.min(count, this.inFlight), false);
  }

  pump(everything: boolean): void {
    const { clock, config, connection, frameSize, isolation, queue } = this.#context;
    const window = config.maxInFlightEvents;
    const room = window - this.inFlight;
    if (room <= 0 || connection.bufferedBytes >= config.maxBufferedBytes) return;
    if (isolation.calm) {
      if (!everything && queue.length < config.maxBatchEvents) return;
      // Refilled by halves: one system call for many events instead of one for each answer.
      if (queue.length > room && room * 2 < window) return;
    }
    const events = isolation.take(queue, this.inFlight, room, config.maxBufferedBytes);
    if (events.length === 0) return;
    if (this.inFlight === 0) frameSize.began(clock.now());
    this.#unanswered.add(events);
    this.sentEvents += events.length;
    traceEvents(this.#context.reporter, 'sent', () => events.texts());
    this.#write(events);
    this.#deadline.sent();
  }

  leave(): void {
    const { config, connection, isolation, queue, tally } = this.#context;
    const room = config.maxInFlightEvents - this.inFlight;
    const events = room > 0 ? isolation.take(queue, this.inFlight, room, Infinity) : EventBatch.NONE;
    this.#unanswered.add(events);
    this.sentEvents += events.length;
    tally.bytesSent += connection.sendLast(this.#messages(events));
  }

  stop(): void {
    this.#deadline.stop();
    this.#context.queue.putBack(this.#unanswered.take(Infinity, Infinity));
  }

  #write(events: EventBatch): void {
    const { connection, tally } = this.#context;
    tally.bytesSent += connection.send(this.#messages(events), 'text');
  }

  /** The oldest `count` are answered. */
  #settle(count: number, refused: boolean): void {
    const { clock, frameSize, isolation, queue, reporter, tally } = this.#context;
    const events = this.#unanswered.take(count, Infinity);
    traceEvents(reporter, refused ? 'rejected' : 'acknowledged', () => events.texts());
    queue.release(events);
    if (refused) tally.rejected += count;
    else tally.acked += count;
    this.answeredEvents += count;
    isolation.settled(count);
    frameSize.settled(events.bytes, clock.now());
    this.#deadline.progress(this.inFlight > 0);
    this.#context.onSettled();
  }
}
