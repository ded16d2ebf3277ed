import { AsyncResource } from 'node:async_hooks';
import type { Timer } from '../clock.ts';
import type { ExporterState } from '../observe/stats.ts';
import { sayWhatIsWeak } from '../observe/weak-choices.ts';
import type { Disconnect } from '../protocol/connection.ts';
import type { Session } from '../protocol/session.ts';
import { Attempt, type AttemptListener, type AttemptParts, type SenderParts } from './attempt.ts';
import { CertificateStore } from './certificates.ts';
import { evidenceOf } from './disconnect-policy.ts';
import { FlushTimer } from './flush-timer.ts';
import { ReconnectPlan, type NextAttempt } from './reconnect-plan.ts';

/**
 * Moves events from the backlog to the backend: connects when there is something to send, speaks whichever mode the
 * backend knows, and after a fault tries again with the unacknowledged events first. One state, one connection.
 */
export class Sender {
  readonly #parts: AttemptParts;
  readonly #collect: () => void;
  readonly #plan: ReconnectPlan;
  /** Connections and timers belong to the exporter, not to the request that happened to come first. */
  readonly #scope = new AsyncResource('CerberusWsExporter');
  readonly #pumpOn = (): void => this.#pump();
  readonly #flushTimer: FlushTimer;
  readonly #listener: AttemptListener = {
    onReady: (attempt) => this.#ready(attempt),
    onSettled: () => this.#settled(),
    onRoom: () => this.#pump(),
    onClosing: (attempt) => this.#closing(attempt),
    onEnd: (attempt, end) => this.#ended(attempt, end),
  };
  #state: ExporterState = 'idle';
  #mode: 'batch' | 'event' | null = null;
  #lastFailure: string | null = null;
  #attempt: Attempt | undefined;
  #retryTimer: Timer | undefined;

  /** @param collect queues what others hold back until it is to be sent; must not throw */
  constructor(parts: SenderParts, collect: () => void) {
    const { clock, config } = parts;
    this.#parts = { ...parts, certificates: new CertificateStore(config, clock) };
    this.#collect = collect;
    this.#plan = new ReconnectPlan(config);
    this.#flushTimer = new FlushTimer(clock, config.flushIntervalMillis, this.#scope, () => this.#flush());
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

  /** There is no connection, and the latest attempt at one failed. */
  get isCutOff(): boolean {
    return this.#state !== 'ready' && this.#lastFailure !== null;
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

  /** Something was queued that has waited for its batch already. */
  send(): void {
    this.#connectIfIdle();
    this.#pump(true);
  }

  /** Something is held back, and collected when it has waited long enough: connects meanwhile. */
  expect(): void {
    if (this.#state === 'closed') this.#collect();
    else {
      if (this.#state === 'idle' && this.#parts.backlog.isReady) this.#connect();
      this.#flushTimer.arm();
    }
  }

  /** Calls `done` once the first `target` accepted events are settled; until then nothing waits for a batch to fill up. */
  whenSettled(target: number, done: () => void): { cancel(): number } {
    const barrier = this.#parts.backlog.whenSettled(target, done);
    if (barrier === undefined) {
      done();
      return { cancel: () => 0 };
    }
    this.#connectIfIdle();
    this.#pump();
    return barrier;
  }

  /** Ends a wait between attempts and keeps those to come short, for a shutdown that has little time left. */
  hurry(): void {
    this.#plan.hurry();
    this.#attempt?.cutShort();
    if (this.#retryTimer !== undefined && this.#parts.backlog.hasWork) this.#connect();
  }

  /** From now on nothing waits for a batch to fill up: the process will end soon. */
  makeHaste(): void {
    this.#flushTimer.makeHaste();
    this.#pump(true);
  }

  /**
   * The process ends in this turn: what is unacknowledged goes to disk, if there is a spool, and to the socket, as far as it
   * takes it. In event mode nobody could tell afterwards that both are the same, so there what is on disk is not sent.
   */
  leave(): void {
    const attempt = this.#attempt;
    const { backlog } = this.#parts;
    if (this.#state === 'closed') {
      // While a goodbye is waited for, or the disk: what is not there yet would not come there any more.
      backlog.save();
      return;
    }
    const { session } = attempt ?? {};
    if (session?.mode === 'event' && backlog.savesWhatIsLeft) session.stop();
    const saved = backlog.save();
    if (this.#state === 'ready' && (session?.mode === 'batch' || saved === 0)) session?.leave();
    this.#transition('closed', 'the process ends');
    this.#retryTimer?.cancel();
    this.#flushTimer.cancel();
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
    this.#flushTimer.cancel();
    if (attempt !== undefined) this.#dismantle(attempt);
    if (this.#parts.backlog.queued > 0) this.#parts.backlog.save();
    this.#warnOfLoss(this.#parts.backlog.dropEverything('shutdown_timeout'));
    this.#scope.emitDestroy();
    await attempt?.close();
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
    const { clock } = this.#parts;
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
    this.#transition('connecting', 'there are events to send');
    const { welcomeTimeoutMillis } = this.#plan;
    const offersBatch = this.#plan.offersBatch(clock.now());
    const attempt = new Attempt(offersBatch, welcomeTimeoutMillis, this.#parts, this.#listener);
    this.#attempt = attempt;
    void this.#scope.runInAsyncScope(() => attempt.connect());
  }

  #ready(attempt: Attempt): void {
    const { clock, config, reporter, tally } = this.#parts;
    const mode = attempt.offered ? 'batch' : 'event';
    this.#mode = mode;
    tally.readyConnections += 1;
    this.#plan.established(mode, clock.now());
    this.#transition('ready', `connected in ${mode} mode`);
    if (tally.readyConnections === 1) sayWhatIsWeak(config, mode, reporter);
    this.#flush();
  }

  #settled(): void {
    this.#plan.settled();
    this.#lastFailure = null;
    this.#parts.backlog.noteSettled();
    this.#pump();
  }

  #flush(): void {
    this.#collect();
    this.#pump(true);
  }

  #pump(everything = false): void {
    const { backlog } = this.#parts;
    const attempt = this.#attempt;
    const session = attempt?.session;
    if (this.#state !== 'ready' || session === undefined || attempt === undefined) return;
    backlog.feed(session.mode, this.#pumpOn);
    const all = everything || backlog.isAwaited;
    session.pump(all);
    if (session.mode === 'batch' && session.inFlight === 0) this.#changeLane(attempt, session);
    if (backlog.waits) this.#flushTimer.arm(all);
  }

  /** A connection is for the frames of one producer. */
  #changeLane(attempt: Attempt, { isAtEnd }: Session): void {
    const { lane } = this.#parts.backlog;
    if (this.#attempt !== attempt || (lane === attempt.lane && !isAtEnd)) return;
    this.#dismantle(attempt);
    attempt.hangUp();
    this.#connect();
  }

  #ended(attempt: Attempt, end: Disconnect): void {
    if (this.#attempt !== attempt || this.#state === 'closed') return;
    const { backlog, clock, config, reporter } = this.#parts;
    const { isReady, achievement } = attempt;
    const evidence = isReady && config.acks === 'required' ? evidenceOf(end) : 'none';
    const { inFlight, answeredEvents } = achievement;
    const isShrunk = this.#shrink(attempt, end);
    const narrowed = backlog.isolation.ended(evidence, inFlight, answeredEvents) || isShrunk;
    const summary = { ...achievement, narrowed };
    this.#dismantle(attempt);
    this.#parts.certificates.renew();
    const moment = { now: clock.now(), wallClockMillis: Date.now(), random: clock.random() };
    const next = this.#plan.next(end, summary, moment);
    this.#lastFailure = next.why;
    if (next.condition !== undefined) reporter.condition(next.condition, this.#explain(next));
    this.#schedule(next);
  }

  /** A frame that was not acknowledged in time may have been too large for the line. @returns whether those to come are smaller */
  #shrink({ achievement: { oldestBytes } }: Attempt, end: Disconnect): boolean {
    const isSilence = end.kind === 'timeout' && (end.what === 'acknowledgement' || end.what === 'ping');
    return isSilence && oldestBytes > 0 && this.#parts.backlog.frameSize.timedOut(oldestBytes);
  }

  #closing(attempt: Attempt): void {
    if (this.#attempt !== attempt || this.#state === 'closed') return;
    if (this.#state === 'ready') this.#transition('backoff', 'the backend says goodbye');
    if (this.#plan.isHurried) attempt.cutShort();
  }

  #dismantle(attempt: Attempt): void {
    this.#attempt = undefined;
    attempt.dismantle();
  }

  #schedule(next: NextAttempt): void {
    if (next.delayMillis === 0) {
      this.#parts.reporter.info(next.why);
      this.#connect();
      return;
    }
    const why = `${next.why}; next attempt in ${next.delayMillis} ms`;
    if (this.#state === next.state) this.#parts.reporter.info(why);
    this.#transition(next.state, why);
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
