import { CerberusWsExporter, type CerberusWsExporterOptions } from '@cerberus-otel/exporter-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import { imbalance } from '../../../packages/exporter-ws/test-dist/support/exporters.js';
import { requestSpan } from './request-span.js';

/** In which what was accepted is acknowledged once nothing is wrong any more. */
const HEAL_MILLIS = 90_000;
const ERROR_EVERY = 10;

/** What a producer makes. */
export interface ProducerSettings {
  /** Begins the paths of its events. */
  readonly name: string;
  readonly spansPerSecond: number;
  readonly options: CerberusWsExporterOptions;
  /** When the request of this number began, milliseconds since 1970. Default: now. */
  readonly clock?: (index: number) => number;
}

/** An exporter with a steady load whose events are numbered, and what was seen of it. */
export class Producer {
  readonly name: string;
  exported = 0;
  /** False once the books were not balanced. */
  balanced = true;
  /** True once it had gone over to event mode. */
  fellBack = false;
  /** True once a connection had ended because the backend said no welcome in time. */
  waitedInVain = false;
  readonly #settings: ProducerSettings;
  readonly #exporter: CerberusWsExporter;
  readonly #started = performance.now();

  constructor(settings: ProducerSettings) {
    this.name = settings.name;
    this.#settings = settings;
    this.#exporter = new CerberusWsExporter(settings.options, { env: { CERBERUS_WARNINGS: 'false' } });
  }

  get clientId(): string {
    return String(this.#settings.options.clientId);
  }

  get accepted(): number {
    return this.#exporter.stats().accepted;
  }

  get acked(): number {
    return this.#exporter.stats().acked;
  }

  /** Refused for a full queue. */
  get refused(): number {
    return this.#exporter.stats().refused.queue_full;
  }

  get spooled(): number {
    return this.#exporter.stats().spooled.events;
  }

  /** Exports what is due by now, and looks at the books. */
  work(): void {
    const { spansPerSecond } = this.#settings;
    const due = Math.floor(((performance.now() - this.#started) / 1e3) * spansPerSecond);
    this.export(Math.max(0, due - this.exported));
  }

  export(count: number): void {
    const { name, clock = Date.now } = this.#settings;
    const spans = Array.from({ length: count }, (_, added) => {
      const index = this.exported + added;
      return requestSpan(`${name}-${index}`, index % ERROR_EVERY === 0 ? 500 : 200, clock(index));
    });
    this.#exporter.export(spans, () => undefined);
    this.exported += count;
    this.#look();
  }

  /** @returns whether what is accepted by now was acknowledged in time */
  async isAcknowledged(): Promise<boolean> {
    const { accepted } = this;
    const deadline = performance.now() + HEAL_MILLIS;
    while (this.acked < accepted && performance.now() < deadline) {
      await sleep(5);
      this.#look();
    }
    return this.acked >= accepted;
  }

  /** Ends it; what it counted stays. */
  retire(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #look(): void {
    const stats = this.#exporter.stats();
    this.balanced &&= imbalance(stats) === 0;
    this.fellBack ||= stats.mode === 'event';
    this.waitedInVain ||= stats.lastFailure?.includes('welcome') ?? false;
  }
}
