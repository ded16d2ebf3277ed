import type { ExporterConfig } from './config.ts';
import { traceEvents } from './event-trace.ts';
import type { Reporter } from './reporter.ts';
import type { SendingQueue } from './sending-queue.ts';
import { SeenSpans } from './seen-spans.ts';
import { isEnriched } from './server-span.ts';
import { serializeEvent } from './serializer.ts';
import type { FinishedSpan } from './span.ts';
import type { RefusalReason, Tally } from './stats.ts';
import { translate } from './transform.ts';

/** What became of one span. */
export type Admission = 'accepted' | 'skipped' | RefusalReason;

/** Takes spans in: translates, serialises and queues each that is a request, once. */
export class Intake {
  readonly #config: ExporterConfig;
  readonly #queue: SendingQueue;
  readonly #tally: Tally;
  readonly #reporter: Reporter;
  readonly #seen = new SeenSpans();
  #full = false;
  #saidWithoutProcessor = false;

  constructor(config: ExporterConfig, queue: SendingQueue, tally: Tally, reporter: Reporter) {
    this.#config = config;
    this.#queue = queue;
    this.#tally = tally;
    this.#reporter = reporter;
  }

  /** Never throws, whatever the span. */
  admit(span: FinishedSpan): Admission {
    try {
      const admission = this.#admit(span);
      if (admission === 'accepted') this.#tally.accepted += 1;
      else if (admission === 'skipped') this.#tally.skipped += 1;
      else this.#tally.refused[admission] += 1;
      return admission;
    } catch {
      this.#tally.refused.invalid += 1;
      return 'invalid';
    }
  }

  #admit(span: FinishedSpan): Admission {
    const translation = translate(span, this.#config);
    if (translation === undefined || this.#seen.has(span)) return 'skipped';
    const json = serializeEvent(translation.event, this.#config);
    const admission = this.#offer(json);
    if (admission !== 'accepted') return admission;
    this.#seen.add(span);
    this.#tally.metricsDropped += translation.metricsDropped;
    this.#tally.valuesCut += translation.valuesCut;
    if (translation.event.sourceIp === null) this.#noteMissingAddress(span);
    traceEvents(this.#reporter, 'queued', () => [json]);
    return 'accepted';
  }

  #offer(json: string): Admission {
    if (this.#queue.offer(json)) {
      if (this.#full && this.#queue.heldEvents * 2 <= this.#config.maxQueueEvents) this.#leaveFull();
      return 'accepted';
    }
    if (!this.#full) {
      this.#full = true;
      this.#reporter.condition(
        'CERBERUS_QUEUE_FULL',
        'Cerberus refuses events: the queue is full because the backend does not take them fast enough ' +
          '(`maxQueueEvents`, `maxQueueBytes`). Refused events are counted in stats().refused.queue_full.',
      );
    }
    return 'queue_full';
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
