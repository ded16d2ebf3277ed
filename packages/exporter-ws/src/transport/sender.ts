import { AsyncResource } from 'node:async_hooks';
import type { Clock, Timer } from '../clock.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { Reporter } from '../observe/reporter.ts';
import type { ExporterState, Tally } from '../observe/stats.ts';
import { sayWhatIsWeak } from '../observe/weak-choices.ts';
import { BATCH_SUBPROTOCOL } from '../protocol/batch-protocol.ts';
import { BatchSession } from '../protocol/batch-session.ts';
import type { Disconnect } from '../protocol/connection.ts';
import { EventSession } from '../protocol/event-session.ts';
import { Producer } from '../protocol/producer.ts';
import { Barriers } from '../queue/barriers.ts';
import type { SendingQueue } from '../queue/sending-queue.ts';
import { Attempt } from './attempt.ts';
import { Heartbeat } from './heartbeat.ts';
import { ReconnectPlan, type NextAttempt } from './reconnect-plan.ts';
import { openConnection } from './ws-connection.ts';

/** What a sender works with. */
export interface SenderParts {
  readonly config: ExporterConfig;
  readonly queue: SendingQueue;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/**
 * Moves events from the queue to the backend: connects when there is something to send, speaks whichever mode the
 * backend knows, and after a fault tries again with the unacknowledged events first. One state, one connection.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #plan: ReconnectPlan;
  readonly #producer = new Producer();
  readonly #barriers = new Barriers();
  /** Connections and timers belong to the exporter, not to the request that happened to come first. */
  readonly #scope = new AsyncResource('CerberusWsExporter');
  #state: ExporterState = 'idle';
  #mode: 'batch' | 'event' | null = null;
  #lastFailure: string | null = null;
  #attempt: Attempt | undefined;
  #retryTimer: Timer | undefined;
  #flushTimer: Timer | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#plan = new ReconnectPlan(parts.config);
  }

  get state(): ExporterState {
    return this.#state;
  }

  get mode(): 'batch' | 'event' | null {
    return this.#mode;
  }

  /** Why the latest connection ended; null once something was settled after it. */
  get lastFailure(): string | null {
    return this.#lastFailure;
  }

  /** Events waiting to be sent, the first time or again. */
  get queued(): number {
    return this.#parts.queue.length + this.#producer.frames.unsentEvents;
  }

  /** Events sent on the present connection and not acknowledged. */
  get inFlight(): number {
    return this.#attempt?.session?.inFlight ?? 0;
  }

  /** Something was queued. */
  wake(): void {
    if (this.#state === 'idle') this.#connect();
    else if (this.#state === 'ready') this.#pump();
  }

  /** Calls `done` once `target` events are settled; until then nothing waits for a batch to fill up. */
  whenSettled(target: number, done: () => void): { cancel(): void } {
    if (this.#parts.tally.settled >= target) {
      done();
      return { cancel() {} };
    }
    const barrier = this.#barriers.add(target, done);
    if (this.#state === 'idle') this.#connect();
    else this.#pump();
    return barrier;
  }

  /** Ends a wait between attempts, for a shutdown that has little time left. */
  hurry(): void {
    if (this.#retryTimer !== undefined && this.queued > 0) this.#connect();
  }

  /**
   * Hangs up politely and never connects again; drops what is unacknowledged. Resolves when the connection is gone, at
   * most a second later.
   */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const attempt = this.#attempt;
    this.#transition('closed', 'shut down');
    this.#retryTimer?.cancel();
    this.#flushTimer?.cancel();
    if (attempt !== undefined) this.#dismantle(attempt);
    this.#dropEverything();
    const { connection } = attempt ?? {};
    if (attempt === undefined || connection === undefined) return;
    await new Promise<void>((resolve) => {
      attempt.gone = resolve;
      connection.close();
    });
  }

  #transition(to: ExporterState, why: string): void {
    if (this.#state === to) return;
    this.#parts.reporter.info(`${this.#state} -> ${to}: ${why}`);
    this.#state = to;
  }

  #connect(): void {
    const { config, clock } = this.#parts;
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
    this.#transition('connecting', 'there are events to send');
    const offered = this.#plan.offersBatch(clock.now());
    const attempt = new Attempt(offered);
    this.#attempt = attempt;
    const handlers = {
      onOpen: () => this.#opened(attempt),
      onMessage: (data: Buffer, isBinary: boolean) => attempt.session?.receive(data, isBinary),
      onReceived: () => attempt.session?.received(),
      onLife: () => attempt.heartbeat?.life(),
      onTaken: (count: number) => this.#taken(attempt, count),
      onEnd: (end: Disconnect) => this.#ended(attempt, end),
    };
    const subprotocol = offered ? BATCH_SUBPROTOCOL : undefined;
    try {
      this.#scope.runInAsyncScope(() => {
        attempt.connection = openConnection(config, subprotocol, clock, handlers);
      });
    } catch {
      // An agent that throws, or an option that this version of ws refuses.
      this.#ended(attempt, { kind: 'failed', code: 'an error before the first byte' });
    }
  }

  #opened(attempt: Attempt): void {
    const { connection } = attempt;
    const { config, clock } = this.#parts;
    const plan = this.#plan;
    if (connection === undefined || this.#attempt !== attempt) return;
    attempt.heartbeat = new Heartbeat(config, clock, {
      ping: () => connection.ping(),
      onDead: () => connection.abort({ kind: 'timeout', what: 'ping' }),
    });
    const context = {
      ...this.#parts,
      connection,
      get oneAtATime() {
        return plan.oneAtATime;
      },
      onReady: () => this.#ready(attempt),
      onSettled: (count: number) => this.#settled(count),
      onRoom: () => this.#pump(),
    };
    if (!attempt.offered) this.#parts.queue.putBack(this.#producer.frames.dissolve());
    attempt.session = attempt.offered ? new BatchSession(context, this.#producer) : new EventSession(context);
    attempt.session.start();
  }

  #ready(attempt: Attempt): void {
    const { clock, config, reporter, tally } = this.#parts;
    const mode = attempt.offered ? 'batch' : 'event';
    attempt.ready = true;
    this.#mode = mode;
    tally.readyConnections += 1;
    this.#plan.established(mode, clock.now());
    this.#transition('ready', `connected in ${mode} mode`);
    if (tally.readyConnections === 1) sayWhatIsWeak(config, mode, reporter);
    this.#pump(true);
  }

  #settled(count: number): void {
    this.#plan.settled(count);
    this.#lastFailure = null;
    this.#barriers.reached(this.#parts.tally.settled);
    this.#pump();
  }

  #taken(attempt: Attempt, count: number): void {
    attempt.session?.taken(count);
    this.#pump();
  }

  #pump(everything = false): void {
    if (this.#state !== 'ready') return;
    this.#attempt?.session?.pump(everything || this.#barriers.active);
    if (this.#parts.queue.length > 0 && this.#flushTimer === undefined) this.#armFlush();
  }

  #armFlush(): void {
    this.#scope.runInAsyncScope(() => {
      this.#flushTimer = this.#parts.clock.after(this.#parts.config.flushIntervalMillis, () => {
        this.#flushTimer = undefined;
        this.#pump(true);
      });
    });
  }

  #ended(attempt: Attempt, end: Disconnect): void {
    attempt.gone();
    if (this.#attempt !== attempt || this.#state === 'closed') return;
    const { session, offered, ready } = attempt;
    const { clock, reporter } = this.#parts;
    const summary = {
      offered,
      mode: ready ? session?.mode : undefined,
      sentEvents: session?.sentEvents ?? 0,
      answeredEvents: session?.answeredEvents ?? 0,
      waitedMillis: session?.waitedMillis ?? 0,
    };
    const onlyOne = this.#plan.oneAtATime && session?.inFlight === 1;
    this.#dismantle(attempt);
    const moment = { now: clock.now(), wallClockMillis: Date.now(), random: clock.random() };
    const next = this.#plan.next(end, summary, moment);
    this.#lastFailure = next.why;
    if (onlyOne && end.kind === 'closed' && end.code === 1009) this.#dropTooLarge();
    if (next.condition !== undefined) reporter.condition(next.condition, this.#explain(next));
    this.#schedule(next);
  }

  #dismantle(attempt: Attempt): void {
    this.#attempt = undefined;
    attempt.heartbeat?.stop();
    attempt.session?.stop();
  }

  #schedule(next: NextAttempt): void {
    if (next.delayMillis === 0) {
      this.#parts.reporter.info(next.why);
      this.#connect();
      return;
    }
    this.#transition(next.state, `${next.why}; next attempt in ${next.delayMillis} ms`);
    this.#scope.runInAsyncScope(() => {
      this.#retryTimer = this.#parts.clock.after(next.delayMillis, () => {
        this.#retryTimer = undefined;
        if (this.queued > 0) this.#connect();
        else this.#transition('idle', 'nothing to send');
      });
    });
  }

  /** The one event that was in flight is what the backend cannot take: without it the others can go on. */
  #dropTooLarge(): void {
    const { queue, tally, reporter } = this.#parts;
    queue.putBack(this.#producer.frames.dissolve());
    const events = queue.take(1, Infinity);
    queue.release(events);
    tally.dropped.too_large += events.length;
    this.#plan.foundTooLarge();
    reporter.warn('dropped an event that is too large for the backend');
    this.#barriers.reached(tally.settled);
  }

  #dropEverything(): void {
    const { queue, tally, reporter } = this.#parts;
    queue.putBack(this.#producer.frames.dissolve());
    const events = queue.take(Infinity, Infinity);
    queue.release(events);
    tally.dropped.shutdown_timeout += events.length;
    this.#barriers.reached(tally.settled);
    if (events.length > 0) {
      reporter.warn(
        `${events.length} events were dropped at shutdown: the backend did not acknowledge them in time`,
      );
    }
  }

  #explain(next: NextAttempt): string {
    const seconds = Math.round(next.delayMillis / 1e3);
    return `Cerberus sends no events: ${next.why}. ${this.queued} events are queued; next attempt in ${seconds} s.`;
  }
}
