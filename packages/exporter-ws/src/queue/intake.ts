import type { ExporterConfig } from '../config/config.ts';
import type { CerberusEvent } from '../event/cerberus-event.ts';
import { SeenSpans } from '../event/seen-spans.ts';
import { isEnriched } from '../event/server-span.ts';
import type { FinishedSpan } from '../event/span.ts';
import { Claim, type HeldRequest } from '../event/together.ts';
import { translate } from '../event/transform.ts';
import type { MetricLosses } from '../json/custom-data.ts';
import { traceQueued } from '../observe/event-trace.ts';
import type { Reporter } from '../observe/reporter.ts';
import type { RefusalReason, Tally } from '../observe/stats.ts';
import type { SendingQueue } from './sending-queue.ts';

/** What became of one span. */
export type Admission = 'accepted' | 'skipped' | RefusalReason;

/** Where events go that do not fit into the queue, and those that must not overtake them. */
export interface Overflow {
  /** There are events that newer ones have to follow. */
  readonly holds: boolean;
  /** @returns false when it has no room either */
  add(event: CerberusEvent): boolean;
}

/** What an intake works with. */
export interface IntakeParts {
  readonly config: ExporterConfig;
  readonly queue: SendingQueue;
  readonly overflow: Overflow | undefined;
  /** Of the event that was queued last. */
  readonly losses: MetricLosses;
  readonly tally: Tally;
  readonly reporter: Reporter;
}

/** Takes spans in: translates, serialises and queues each that is a request, once. */
export class Intake {
  readonly #config: ExporterConfig;
  readonly #queue: SendingQueue;
  readonly #overflow: Overflow | undefined;
  readonly #losses: MetricLosses;
  readonly #tally: Tally;
  readonly #reporter: Reporter;
  readonly #seen = new SeenSpans();
  /** A getter among the attributes could export another span, into the middle of what is being written. */
  #writing = false;
  #full = false;
  #saidWithoutProcessor = false;

  constructor({ config, queue, overflow, losses, tally, reporter }: IntakeParts) {
    this.#config = config;
    this.#queue = queue;
    this.#overflow = overflow;
    this.#losses = losses;
    this.#tally = tally;
    this.#reporter = reporter;
  }

  /** Never throws, whatever the span. */
  admit(span: FinishedSpan): Admission {
    return this.#count(span, false);
  }

  /** As `admit`, for a request whose span was claimed, or comes once. */
  admitHeld(request: HeldRequest): Admission {
    const admission = this.#count(request, true);
    if (request.claim !== undefined && admission !== 'accepted') request.claim.isRefused = true;
    return admission;
  }

  /** @returns undefined for a span that has come before */
  claim(span: object): Claim | undefined {
    if (this.#seen.has(span)) {
      this.#tally.skipped += 1;
      return undefined;
    }
    const claim = new Claim();
    this.#seen.add(span, claim);
    return claim;
  }

  #count(span: FinishedSpan, comesOnce: boolean): Admission {
    try {
      const admission = this.#admit(span, comesOnce);
      if (admission === 'accepted') this.#tally.accepted += 1;
      else if (admission === 'skipped') this.#tally.skipped += 1;
      else this.#tally.refused[admission] += 1;
      return admission;
    } catch {
      this.#tally.refused.invalid += 1;
      return 'invalid';
    }
  }

  #admit(span: FinishedSpan, comesOnce: boolean): Admission {
    const event = translate(span, this.#config);
    if (event === undefined || (!comesOnce && this.#seen.has(span))) return 'skipped';
    const admission = this.#offer(event);
    if (admission !== 'accepted') return admission;
    this.#tally.metricsDropped += this.#losses.dropped;
    this.#tally.valuesCut += this.#losses.cut;
    try {
      if (!comesOnce) this.#seen.add(span);
      if (event.sourceIp === null) this.#noteMissingAddress(span);
    } catch {
      // A getter or a proxy that throws when it is looked at again: the event is queued all the same.
    }
    traceQueued(this.#reporter, event);
    return 'accepted';
  }

  #offer(event: CerberusEvent): Admission {
    if (this.#writing) return 'invalid';
    if (this.#write(event)) {
      if (this.#full && this.#hasAmpleRoom()) this.#leaveFull();
      return 'accepted';
    }
    if (!this.#full) {
      this.#full = true;
      this.#reporter.condition(
        'CERBERUS_QUEUE_FULL',
        'Cerberus refuses events: the queue is full because the backend does not take them fast enough ' +
          '(`maxQueueEvents`, `maxQueueBytes`, `maxSpoolBytes`). Refused events are counted in stats().refused.queue_full.',
      );
    }
    return 'queue_full';
  }

  #write(event: CerberusEvent): boolean {
    this.#writing = true;
    try {
      const overflow = this.#overflow;
      if (overflow === undefined) return this.#queue.offer(event);
      return (!overflow.holds && this.#queue.offer(event)) || overflow.add(event);
    } finally {
      this.#writing = false;
    }
  }

  /** Not before half of it is free, or each event that is taken would end what the next one begins again. */
  #hasAmpleRoom(): boolean {
    const { maxQueueEvents, maxQueueBytes } = this.#config;
    const { heldEvents, heldBytes } = this.#queue;
    return (
      heldEvents * 2 <= maxQueueEvents && heldBytes * 2 <= maxQueueBytes && this.#overflow?.holds !== true
    );
  }

  #leaveFull(): void {
    this.#full = false;
    this.#reporter.warn(
      `the queue has room again; ${this.#tally.refused.queue_full} events were refused so far`,
    );
  }

  #noteMissingAddress(span: FinishedSpan): void {
    this.#tally.withoutSourceIp += 1;
    if (this.#saidWithoutProcessor || isEnriched(span)) return;
    this.#saidWithoutProcessor = true;
    this.#reporter.condition(
      'CERBERUS_NO_PROCESSOR',
      'Cerberus events carry no client address, outcome or nested metrics: add CerberusSpanProcessor ' +
        '(@cerberus-otel/instrumentation) before the processor that feeds CerberusWsExporter.',
    );
  }
}
