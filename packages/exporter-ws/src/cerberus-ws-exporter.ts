import { systemClock, type Clock, type Timer } from './clock.ts';
import { resolveConfig, type CerberusWsExporterOptions, type ExporterConfig } from './config/config.ts';
import { processEnvironment } from './config/process-environment.ts';
import type { CerberusEvent } from './event/cerberus-event.ts';
import { EXPORT_FAILED, EXPORT_SUCCESS, type ExportOutcome, type FinishedSpan } from './event/span.ts';
import {
  offerTogether,
  type HeldRequest,
  type RequestHolder,
  type TogetherIntake,
} from './event/together.ts';
import { CerberusFlushTimeoutError } from './flush-timeout-error.ts';
import { Serializer } from './json/serializer.ts';
import { announce } from './observe/announcement.ts';
import { exporterMetrics } from './observe/exporter-metrics.ts';
import { createReporter, type Reporter } from './observe/reporter.ts';
import { observe } from './observe/self-telemetry.ts';
import { Tally, type ExporterStats } from './observe/stats.ts';
import { sayWhatIsUnusable } from './observe/weak-choices.ts';
import { atProcessEnd, isLeaving } from './process-end.ts';
import { Backlog } from './protocol/backlog.ts';
import { Intake, type Admission } from './queue/intake.ts';
import { SendingQueue } from './queue/sending-queue.ts';
import { openSpool } from './spool/open-spool.ts';
import { Sender } from './transport/sender.ts';

const NAMESPACE = '@cerberus-otel/exporter-ws';
const ADOPTION_MILLIS = 60_000;
/** PM2 kills 1.6 s after it has asked a process to end. */
const OUTAGE_MILLIS = 1_000;

/** What tests replace: time, chance and the environment. */
export interface ExporterSeams {
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A span exporter (OpenTelemetry specification, "Span Exporter") that streams one Cerberus event per HTTP SERVER span
 * over WebSocket.
 *
 * It reads an allow-list of attributes that holds no address, query, header or body, so it cannot send one. Nothing
 * opens a socket or a timer before the first request, nothing keeps the process alive but a pending `forceFlush()` or
 * `shutdown()`, and nothing throws after construction.
 */
export class CerberusWsExporter {
  readonly #config: ExporterConfig;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #tally = new Tally();
  readonly #intake: Intake;
  #adoptTimer: Timer | undefined;
  readonly #backlog: Backlog;
  readonly #sender: Sender;
  readonly #holders: RequestHolder[] = [];
  readonly #stopObserving: () => void;
  #shutdown: Promise<void> | undefined;
  /** Nobody is to be told of the end of the process before there is something to send. */
  #stopWaitingForEnd: (() => void) | undefined;
  readonly #wake = (): void => {
    this.#stopWaitingForEnd ??= this.#waitForEnd();
    this.#sender.wake();
  };
  readonly #send = (): void => {
    this.#stopWaitingForEnd ??= this.#waitForEnd();
    // The last write takes everything, and over TLS a write before it would keep it from leaving.
    if (!isLeaving()) this.#sender.send();
  };

  /**
   * @param options from code; what is absent comes from `CERBERUS_*` variables, then from the defaults
   * @throws CerberusConfigError for a configuration that cannot work
   */
  constructor(options: CerberusWsExporterOptions = {}, seams: ExporterSeams = {}) {
    announce('exporter', options);
    const env = seams.env ?? processEnvironment();
    this.#config = resolveConfig(options, env);
    this.#clock = seams.clock ?? systemClock;
    this.#reporter = createReporter(NAMESPACE, env);
    sayWhatIsUnusable(this.#config, this.#reporter);
    const serializer = new Serializer(this.#config);
    const { maxQueueEvents: maxEvents, maxQueueBytes: maxBytes } = this.#config;
    const spool = openSpool(this.#config, this.#clock, this.#tally, this.#reporter, (found) =>
      this.#backlog.noteLost(found),
    );
    const parts = {
      config: this.#config,
      queue: new SendingQueue({ maxEvents, maxBytes }, serializer.write),
      tally: this.#tally,
      clock: this.#clock,
      reporter: this.#reporter,
    };
    const backlog = new Backlog({ ...parts, spool });
    const overflow = spool && {
      get holds() {
        return backlog.holds;
      },
      add: (event: CerberusEvent) => spool.add(event, serializer.write),
    };
    this.#backlog = backlog;
    this.#intake = new Intake({ ...parts, overflow, losses: serializer.losses });
    this.#sender = new Sender({ ...parts, backlog: this.#backlog }, () => this.#collect());
    offerTogether(this, (exporter, holder) => this.#together(exporter, holder));
    if (spool !== undefined) void this.#adopt();
    this.#stopObserving = observe({
      provider: this.#config.selfObsMeterProvider,
      componentType: 'cerberus_ws_exporter',
      metrics: exporterMetrics(() => this.stats(), spool !== undefined),
      reporter: this.#reporter,
    });
  }

  /**
   * Queues the events of `spans` and calls back at once. Code 0 means that responsibility was accepted for all of
   * them (also when none is a request), 1 that some were refused; not that anything was delivered: see `stats()` and
   * `forceFlush()`.
   */
  export(spans: readonly FinishedSpan[], resultCallback: (result: ExportOutcome) => void): void {
    const outcome = this.#admitAll(spans);
    this.#guarded(() => resultCallback(outcome));
  }

  #admitAll(spans: readonly FinishedSpan[]): ExportOutcome {
    let refused: Map<Admission, number> | undefined;
    if (!Array.isArray(spans)) return NO_SPANS;
    for (const span of spans as readonly FinishedSpan[]) {
      const admission = this.#shutdown === undefined ? this.#intake.admit(span) : this.#refuseAfterShutdown();
      if (admission === 'accepted') this.#guarded(this.#wake);
      else if (admission !== 'skipped') {
        refused ??= new Map();
        refused.set(admission, (refused.get(admission) ?? 0) + 1);
      }
    }
    return refused === undefined ? SUCCESS : failureOf(refused, spans.length);
  }

  /**
   * Resolves when every event that was accepted before the call is acknowledged, refused or given up, or left on disk by a shutdown.
   *
   * @throws CerberusFlushTimeoutError (rejection) after `forceFlushTimeoutMillis`; the events stay queued
   */
  forceFlush(): Promise<void> {
    this.#collect();
    const target = this.#tally.accepted;
    const millis = this.#config.forceFlushTimeoutMillis;
    return this.#settled(target, millis).then((pending) => {
      if (pending > 0) throw new CerberusFlushTimeoutError(pending, millis);
    });
  }

  /**
   * Refuses further spans, sends what is queued for at most `shutdownTimeoutMillis`, and closes the connection. Never
   * rejects; what could not be delivered is counted as `dropped.shutdown_timeout`. Every call gets the same promise.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#drain().catch(() => undefined);
    return this.#shutdown;
  }

  /** Counts since construction; a snapshot. */
  stats(): ExporterStats {
    const { refused, dropped, readyConnections, ...counts } = this.#tally;
    return {
      ...counts,
      refused: { ...refused },
      dropped: { ...dropped },
      queued: this.#backlog.queued,
      inFlight: this.#sender.inFlight,
      spooled: this.#backlog.spooled,
      reconnects: Math.max(0, readyConnections - 1),
      mode: this.#sender.mode,
      state: this.#sender.state,
      lastFailure: this.#sender.lastFailure,
    };
  }

  /** How much of everything up to `target` is not settled when `millis` are over, or 0 as soon as all is. Holds the process for that long. */
  #settled(target: number, millis: number): Promise<number> {
    return new Promise((resolve) => {
      const deadline = this.#clock.holdFor(millis, () => resolve(barrier.cancel()));
      const barrier = this.#sender.whenSettled(target, () => {
        deadline.cancel();
        resolve(0);
      });
    });
  }

  async #drain(): Promise<void> {
    this.#collect();
    this.#sender.hurry();
    // What is on disk can wait for the next process.
    await this.#deliver(this.#tally.accepted - this.#backlog.spooled.events);
    await this.#sender.close();
    this.#adoptTimer?.cancel();
    await this.#backlog.close();
    this.#stopWaitingForEnd?.();
    this.#stopObserving();
  }

  /** Waits for what a shutdown may deliver; not for a backend that is away, where a disk keeps it and a supervisor may kill soon. */
  async #deliver(target: number): Promise<void> {
    const millis = this.#config.shutdownTimeoutMillis;
    const first = this.#backlog.savesWhatIsLeft ? Math.min(OUTAGE_MILLIS, millis) : millis;
    if ((await this.#settled(target, first)) === 0 || first === millis || this.#sender.isCutOff) return;
    await this.#settled(target, millis - first);
  }

  /** What earlier processes left on disk comes first. That one of another container is gone shows after a minute. */
  async #adopt(): Promise<void> {
    await this.#backlog.adopt().catch(() => undefined);
    // Also for a shutdown that began meanwhile: until now nothing could be sent.
    if (this.#backlog.hasWork) this.#guarded(this.#wake);
    if (this.#shutdown !== undefined) return;
    this.#adoptTimer = this.#clock.after(ADOPTION_MILLIS, () => void this.#adopt());
  }

  #waitForEnd(): () => void {
    return atProcessEnd({
      hurry: () => this.#guarded(() => this.#sender.makeHaste()),
      leave: () =>
        this.#guarded(() => {
          this.#shutdown ??= Promise.resolve();
          this.#sender.leave();
        }),
      flush: () => this.forceFlush(),
      shutdown: () => this.shutdown(),
    });
  }

  /** Not for one whose `export` is somebody else's: they want to see each request. */
  #together(exporter: object, holder: RequestHolder): TogetherIntake | undefined {
    if (exporter !== this || this.export !== CerberusWsExporter.prototype.export) return undefined;
    this.#holders.push(holder);
    return {
      expect: () => this.#guarded(() => this.#expect()),
      claim: (span) => this.#intake.claim(span),
      take: (requests) => this.#take(requests),
    };
  }

  #expect(): void {
    if (this.#shutdown !== undefined) return this.#collect();
    this.#stopWaitingForEnd ??= this.#waitForEnd();
    this.#sender.expect();
  }

  #collect(): void {
    for (const holder of this.#holders) this.#guarded(() => holder.handOver());
  }

  #take(requests: readonly HeldRequest[]): number {
    let refused = 0;
    for (const request of requests) {
      const admission =
        this.#shutdown === undefined ? this.#intake.admitHeld(request) : this.#refuseAfterShutdown();
      if (admission !== 'accepted' && admission !== 'skipped') refused += 1;
    }
    this.#guarded(this.#send);
    return refused;
  }

  #refuseAfterShutdown(): Admission {
    this.#tally.refused.shutdown += 1;
    return 'shutdown';
  }

  /** Nothing that goes wrong in here may reach the application. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#reporter.warn(`an internal step failed: ${error instanceof Error ? error.name : 'unknown'}`);
    }
  }
}

const SUCCESS: ExportOutcome = Object.freeze({ code: EXPORT_SUCCESS });
const NO_SPANS: ExportOutcome = Object.freeze({
  code: EXPORT_FAILED,
  error: new Error('what was given is no list of spans'),
});

function failureOf(refused: ReadonlyMap<Admission, number>, total: number): ExportOutcome {
  const counts = [...refused].map(([reason, count]) => `${reason} ${count}`).join(', ');
  return { code: EXPORT_FAILED, error: new Error(`not all of ${total} spans were accepted: ${counts}`) };
}
