import { AsyncResource } from 'node:async_hooks';
import type { Clock, Timer } from '../clock.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { Reporter } from '../observe/reporter.ts';
import type { ExporterState, Tally } from '../observe/stats.ts';
import { sayWhatIsWeak } from '../observe/weak-choices.ts';
import type { Backlog } from '../protocol/backlog.ts';
import { BATCH_SUBPROTOCOL } from '../protocol/batch-protocol.ts';
import { BatchSession } from '../protocol/batch-session.ts';
import type { Disconnect } from '../protocol/connection.ts';
import { EventSession } from '../protocol/event-session.ts';
import type { Session } from '../protocol/session.ts';
import type { SendingQueue } from '../queue/sending-queue.ts';
import { Attempt } from './attempt.ts';
import { evidenceOf } from './disconnect-policy.ts';
import { Heartbeat } from './heartbeat.ts';
import { ReconnectPlan, type NextAttempt } from './reconnect-plan.ts';
import { openConnection } from './ws-connection.ts';

/** What a sender works with. */
export interface SenderParts {
  readonly config: ExporterConfig;
  readonly queue: SendingQueue;
  readonly backlog: Backlog;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/**
 * Moves events from the backlog to the backend: connects when there is something to send, speaks whichever mode the
 * backend knows, and after a fault tries again with the unacknowledged events first. One state, one connection.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #plan: ReconnectPlan;
  /** Connections and timers belong to the exporter, not to the request that happened to come first. */
  readonly #scope = new AsyncResource('CerberusWsExporter');
  readonly #pumpOn = (): void => this.#pump();
  /** The process will end soon. */
  #hasty = false;
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

  /** Events sent on the present connection and not acknowledged. */
  get inFlight(): number {
    return this.#attempt?.session?.inFlight ?? 0;
  }

  /** Something was queued. */
  wake(): void {
    if (this.#state === 'ready') this.#pump();
    else this.#connectIfIdle();
  }

  /** Calls `done` once the first `target` accepted events are settled; until then nothing waits for a batch to fill up. */
  whenSettled(target: number, done: () => void): { cancel(): void } {
    const barrier = this.#parts.backlog.whenSettled(target, done);
    if (barrier === undefined) {
      done();
      return { cancel() {} };
    }
    this.#connectIfIdle();
    this.#pump();
    return barrier;
  }

  /** Ends a wait between attempts, for a shutdown that has little time left. */
  hurry(): void {
    if (this.#retryTimer !== undefined && this.#parts.backlog.hasWork) this.#connect();
  }

  /** From now on nothing waits for a batch to fill up: the process will end soon. */
  makeHaste(): void {
    this.#hasty = true;
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    this.#pump(true);
  }

  /**
   * The process ends in this turn: what is unacknowledged goes to disk, if there is a spool, and to the socket, as far as it
   * takes it. In event mode nobody could tell afterwards that both are the same, so there what is on disk is not sent.
   */
  leave(): void {
    if (this.#state === 'closed') return;
    const attempt = this.#attempt;
    const { backlog } = this.#parts;
    const { session } = attempt ?? {};
    if (session?.mode === 'event' && backlog.savesWhatIsLeft) session.stop();
    const saved = backlog.save();
    if (this.#state === 'ready' && (session?.mode === 'batch' || saved === 0)) session?.leave();
    this.#transition('closed', 'the process ends');
    this.#retryTimer?.cancel();
    this.#flushTimer?.cancel();
    if (attempt !== undefined) this.#dismantle(attempt);
    backlog.dropEverything('exit');
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
    if (this.#parts.backlog.queued > 0) this.#parts.backlog.save();
    this.#warnOfLoss(this.#parts.backlog.dropEverything('shutdown_timeout'));
    this.#scope.emitDestroy();
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

  #connectIfIdle(): void {
    if (this.#state === 'idle' && this.#parts.backlog.hasWork) this.#connect();
  }

  #connect(): void {
    const { config, clock } = this.#parts;
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
    this.#transition('connecting', 'there are events to send');
    const offered = this.#plan.offersBatch(clock.now());
    const attempt = new Attempt(offered, this.#parts.backlog.lane);
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
    const { backlog, config, clock } = this.#parts;
    if (connection === undefined || this.#attempt !== attempt) return;
    attempt.heartbeat = new Heartbeat(config, clock, {
      ping: () => connection.ping(),
      onDead: () => connection.abort({ kind: 'timeout', what: 'ping' }),
    });
    const context = {
      ...this.#parts,
      connection,
      isolation: backlog.isolation,
      judge: () => backlog.judge(),
      onReady: () => this.#ready(attempt),
      onSettled: () => this.#settled(),
      onRoom: () => this.#pump(),
    };
    if (!attempt.offered) backlog.dissolve();
    attempt.session = attempt.offered ? new BatchSession(context, attempt.lane) : new EventSession(context);
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

  #settled(): void {
    this.#plan.settled();
    this.#lastFailure = null;
    this.#parts.backlog.noteSettled();
    this.#pump();
  }

  #taken(attempt: Attempt, count: number): void {
    attempt.session?.taken(count);
    this.#pump();
  }

  #pump(everything = false): void {
    const { backlog } = this.#parts;
    const attempt = this.#attempt;
    const session = attempt?.session;
    if (this.#state !== 'ready' || session === undefined || attempt === undefined) return;
    backlog.feed(session.mode, this.#pumpOn);
    session.pump(everything || backlog.isAwaited);
    if (session.mode === 'batch' && session.inFlight === 0) this.#changeLane(attempt, session);
    if (backlog.waits && this.#flushTimer === undefined) this.#armFlush();
  }

  /** A connection is for the frames of one producer. */
  #changeLane(attempt: Attempt, { isAtEnd }: Session): void {
    const { lane } = this.#parts.backlog;
    if (this.#attempt !== attempt || (lane === attempt.lane && !isAtEnd)) return;
    this.#dismantle(attempt);
    attempt.connection?.close();
    this.#connect();
  }

  #armFlush(): void {
    const { clock, config } = this.#parts;
    const flush = (): void => {
      this.#flushTimer = undefined;
      this.#pump(true);
    };
    // Over TLS a write is done when the turn ends, and until then the last one of an exit could not leave. So it is made when
    // the turn has little left to do, least of all timers.
    const flushLater = (): void => clock.duringInput(flush);
    this.#scope.runInAsyncScope(() => {
      this.#flushTimer = this.#hasty ? { cancel() {} } : clock.after(config.flushIntervalMillis, flushLater);
      if (this.#hasty) flushLater();
    });
  }

  #ended(attempt: Attempt, end: Disconnect): void {
    attempt.gone();
    if (this.#attempt !== attempt || this.#state === 'closed') return;
    const { session, offered, ready } = attempt;
    const { clock, config, reporter } = this.#parts;
    const answeredEvents = session?.answeredEvents ?? 0;
    const evidence = ready && config.acks === 'required' ? evidenceOf(end) : 'none';
    const summary = {
      offered,
      mode: ready ? session?.mode : undefined,
      sentEvents: session?.sentEvents ?? 0,
      answeredEvents,
      waitedMillis: session?.waitedMillis ?? 0,
      narrowed: this.#parts.backlog.isolation.ended(evidence, session?.inFlight ?? 0, answeredEvents),
    };
    this.#dismantle(attempt);
    const moment = { now: clock.now(), wallClockMillis: Date.now(), random: clock.random() };
    const next = this.#plan.next(end, summary, moment);
    this.#lastFailure = next.why;
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
        if (this.#parts.backlog.hasWork) this.#connect();
        else this.#transition('idle', 'nothing to send');
      });
    });
  }

  #warnOfLoss(count: number): void {
    if (count === 0) return;
    this.#parts.reporter.warn(
      `${count} events were dropped at shutdown: the backend did not acknowledge them in time`,
    );
  }

  #explain(next: NextAttempt): string {
    const seconds = Math.round(next.delayMillis / 1e3);
    return `Cerberus sends no events: ${next.why}. ${this.#parts.backlog.queued} events are queued; next attempt in ${seconds} s.`;
  }
}
