import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import { PRODUCER_MODES, type ProducerMode } from '../store/questions/producer.ts';
import { ATTEMPT_RESULTS, HAPPENINGS, type AlertCounts } from './alert-counts.ts';
import { REFUSAL_REASONS, type ServerStats } from './counters.ts';
import { processMetrics } from './process-metrics.ts';
import { VERSION } from './version.ts';

const PREFIX = 'cerberus_server_';

/** Seconds. A commit on an SSD takes some milliseconds, a busy one hundreds; beyond that something is wrong. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is measured while it happens; everything else is read from {@link ServerStats} when somebody asks. */
export interface Durations {
  /** A transaction that stored events has committed. */
  readonly committed: (millis: number) => void;
  /** An append was answered: from its receipt to its commit, waiting included. */
  readonly acknowledged: (mode: ProducerMode, millis: number) => void;
}

/** State that a scrape reads beside the counters. */
export interface MetricsSource {
  readonly stats: () => ServerStats;
  readonly healthy: () => boolean;
  /** When the certificate in use ends, milliseconds since the epoch; `undefined` without TLS. */
  readonly certificateEnd: () => number | undefined;
  readonly alerts: AlertCounts;
}

type Samples = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

/** The server's numbers in Prometheus text format, in a registry of its own: a process may run several servers. Those of the process follow. */
export class ServerMetrics implements Durations {
  readonly #registry = new Registry();
  readonly #commit: Histogram;
  readonly #acknowledgement: Histogram<'mode'>;

  constructor() {
    this.#commit = new Histogram({
      name: `${PREFIX}commit_duration_seconds`,
      help: 'Duration of transactions that stored events',
      buckets: DURATION_BUCKETS,
      registers: [this.#registry],
    });
    this.#acknowledgement = new Histogram({
      name: `${PREFIX}acknowledgement_duration_seconds`,
      help: 'Time from the receipt of a frame, an event or a request to its commit',
      labelNames: ['mode'],
      buckets: DURATION_BUCKETS,
      registers: [this.#registry],
    });
    for (const mode of PRODUCER_MODES) this.#acknowledgement.zero({ mode });
    new Gauge({
      name: `${PREFIX}build_info`,
      help: 'Always 1, with the version of the server',
      labelNames: ['version'],
      registers: [this.#registry],
    }).set({ version: VERSION }, 1);
  }

  committed(millis: number): void {
    this.#commit.observe(millis / 1000);
  }

  acknowledged(mode: ProducerMode, millis: number): void {
    this.#acknowledgement.observe({ mode }, millis / 1000);
  }

  /** Adds the metrics that are read at each scrape. */
  read({ stats, healthy, certificateEnd, alerts }: MetricsSource): void {
    this.#readEvents(stats);
    this.#readConnections(stats);
    this.#readStore(stats, healthy);
    this.#readCertificate(certificateEnd);
    this.#readAlerts(alerts);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return Registry.merge([this.#registry, processMetrics()]).metrics();
  }

  #readEvents(stats: () => ServerStats): void {
    const byMode = (kind: 'stored' | 'rejected' | 'duplicates'): Samples =>
      PRODUCER_MODES.map((mode) => [{ mode }, stats().byMode[mode][kind]]);
    this.#counter('events_stored_total', 'Events stored durably', ['mode'], () => byMode('stored'));
    this.#counter('events_rejected_total', 'Events refused for good', ['mode'], () => byMode('rejected'));
    this.#counter(
      'events_duplicate_total',
      'Events of frames and spans that had been stored before',
      ['mode'],
      () => byMode('duplicates'),
    );
    this.#counter('events_skipped_total', 'Events left out of HTTP ingest requests', [], () => [
      [{}, stats().skipped],
    ]);
    this.#counter('other_spans_total', 'Spans of OTLP requests that are no request to a server', [], () => [
      [{}, stats().otherSpans],
    ]);
    this.#counter('events_adjusted_total', 'Values cut or left out of events', ['reason'], () =>
      Object.entries(stats().adjusted).map(([reason, count]) => [{ reason }, count]),
    );
    this.#counter('frames_total', 'Frames of batch mode, by what became of them', ['result'], () => [
      [{ result: 'stored' }, stats().storedFrames],
      [{ result: 'duplicate' }, stats().duplicateFrames],
      [{ result: 'throttled' }, stats().throttled],
      [{ result: 'discarded' }, stats().discarded],
    ]);
    this.#counter('skipped_sequence_numbers_total', 'Numbers that first frames left out', [], () => [
      [{}, stats().skippedSeqs],
    ]);
  }

  #readConnections(stats: () => ServerStats): void {
    this.#gauge('connections', 'Open WebSocket connections', () => stats().connections);
    this.#gauge('unauthenticated_connections', 'Of these without the token', () => stats().unauthenticated);
    this.#counter('connections_accepted_total', 'WebSocket connections accepted', [], () => [
      [{}, stats().accepted],
    ]);
    this.#counter(
      'connections_ended_total',
      'Connections ended for another or a dead peer',
      ['reason'],
      () => [
        [{ reason: 'superseded' }, stats().superseded],
        [{ reason: 'dead' }, stats().dead],
      ],
    );
    this.#counter('refusals_total', 'What was refused or failed', ['reason'], () =>
      REFUSAL_REASONS.map((reason) => [{ reason }, stats().refusals[reason] ?? 0]),
    );
  }

  #readStore(stats: () => ServerStats, healthy: () => boolean): void {
    this.#gauge(
      'pending_appends',
      'Frames, events and requests before their commit',
      () => stats().pending.appends,
    );
    this.#gauge('pending_events', 'Events before their commit', () => stats().pending.events);
    this.#gauge('pending_bytes', 'Bytes before their commit', () => stats().pending.bytes);
    this.#gauge('store_healthy', '1 if the last commit succeeded, else 0', () => (healthy() ? 1 : 0));
  }

  #readCertificate(end: () => number | undefined): void {
    const name = 'tls_certificate_not_after_timestamp_seconds';
    const gauge: Gauge = this.#gauge(name, 'When the TLS certificate in use ends, Unix time', () => {
      const millis = end();
      // No certificate is no certificate that has ended.
      return millis === undefined ? undefined : millis / 1000;
    });
    gauge.remove();
  }

  #readAlerts(alerts: AlertCounts): void {
    this.#counter('alert_evaluations_total', 'Windows of rules that were looked at', ['result'], () => [
      [{ result: 'done' }, alerts.evaluations.done],
      [{ result: 'failed' }, alerts.evaluations.failed],
    ]);
    this.#counter('alerts_total', 'What happened to rules of alerts', ['type'], () =>
      HAPPENINGS.map((type) => [{ type }, alerts.happenings[type]]),
    );
    this.#counter('alert_messages_total', 'Attempts to send a message of an alert', ['result'], () =>
      ATTEMPT_RESULTS.map((result) => [{ result }, alerts.attempts[result]]),
    );
    this.#gauge('alerts_firing', 'What fires, at all servers on the database', () => alerts.firing);
    this.#gauge(
      'alert_messages_waiting',
      'Messages that wait to be sent, of all servers',
      () => alerts.waiting,
    );
  }

  #counter(name: string, help: string, labelNames: readonly string[], samples: () => Samples): void {
    const counter: Counter = new Counter({
      name: `${PREFIX}${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        for (const [labels, value] of samples()) counter.inc(labels, value);
      },
    });
  }

  /** @param value - `undefined` for no sample */
  #gauge(name: string, help: string, value: () => number | undefined): Gauge {
    const gauge: Gauge = new Gauge({
      name: `${PREFIX}${name}`,
      help,
      registers: [this.#registry],
      collect: () => {
        const now = value();
        if (now !== undefined) gauge.set(now);
      },
    });
    return gauge;
  }
}
