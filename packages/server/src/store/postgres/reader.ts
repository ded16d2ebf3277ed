import type { Outcome, StoredEvent, SyntheticType } from '../../event/event.ts';
import type { Analytics } from '../analytics.ts';
import { chooseBucket } from '../figures/bucket-width.ts';
import type { EventQuery, Summary, SummaryBucket, SummaryEndpoint, SummaryQuery } from '../event-query.ts';
import type { ProducerRow } from '../producer.ts';
import type { EventReader } from '../store.ts';
import type { ReadRows, Reads } from './engine/reads.ts';
import { maybe, maybeText, number, percentiles, text, type Row } from './engine/values.ts';
import { PostgresAnalytics } from './questions/analytics.ts';
import { toProducerRow } from './questions/producer-row.ts';
import {
  batchesQuery,
  bucketsQuery,
  endpointsQuery,
  eventsOfBatchesQuery,
  eventsQuery,
  producerQuery,
  totalsQuery,
} from './questions/queries.ts';
import type { RecentBatch, WatchReads } from './watching.ts';

/** Answers what is asked about single events and producers, and the summary. */
export class PostgresReader implements EventReader, WatchReads {
  readonly analytics: Analytics;
  readonly #reads: Reads;

  constructor(reads: Reads) {
    this.#reads = reads;
    this.analytics = new PostgresAnalytics(reads);
  }

  async events(query: EventQuery): Promise<readonly StoredEvent[]> {
    return (await this.#reads.rows(eventsQuery(query))).map(toStoredEvent);
  }

  async producer(producer: string): Promise<ProducerRow | undefined> {
    const [row] = await this.#reads.rows(producerQuery(producer));
    return row === undefined ? undefined : toProducerRow(row);
  }

  summary(query: SummaryQuery): Promise<Summary> {
    return this.#reads.inSnapshot((rows) => summaryOf(rows, query));
  }

  async batchesOf(millis: number): Promise<readonly RecentBatch[]> {
    return (await this.#reads.rows(batchesQuery(millis))).map((row) => ({
      batch: number(row['batch']),
      events: number(row['events']),
    }));
  }

  async eventsOf(batches: readonly number[], limit: number): Promise<readonly StoredEvent[]> {
    return (await this.#reads.rows(eventsOfBatchesQuery(batches, limit))).map(toStoredEvent);
  }
}

async function summaryOf(rows: ReadRows, query: SummaryQuery): Promise<Summary> {
  const [totals = {}] = await rows(totalsQuery(query));
  const span = (query.until ?? number(totals['last'])) - (query.since ?? number(totals['first']));
  const bucketMillis = query.bucketMillis ?? chooseBucket(Math.max(0, span));
  const buckets = await rows(bucketsQuery(query, bucketMillis));
  const endpoints = await rows(endpointsQuery(query));
  return {
    requests: number(totals['requests']),
    errors: number(totals['errors']),
    clients: number(totals['clients']),
    latency: percentiles(totals['latency']),
    bucketMillis,
    buckets: buckets.map(toBucket),
    endpoints: endpoints.map(toEndpoint),
  };
}

function toStoredEvent(row: Row): StoredEvent {
  return {
    id: number(row['id']),
    receivedAt: number(row['received_at']),
    clientId: text(row['client_id']),
    sourceIp: maybeText(row['source_ip']),
    endpoint: text(row['endpoint']),
    scheme: typeof row['scheme'] === 'boolean' ? row['scheme'] : null,
    method: text(row['method']),
    customData: text(row['custom_data']),
    timestamp: maybe(row['timestamp']),
    statusCode: maybe(row['status_code']),
    latencyMs: maybe(row['latency_ms']),
    route: maybeText(row['route']),
    // Only validated values are ever written.
    outcome: maybeText(row['outcome']) as Outcome | null,
    userId: maybeText(row['user_id']),
    userAgent: maybeText(row['user_agent']),
    traceId: maybeText(row['trace_id']),
    spanId: maybeText(row['span_id']),
    sessionId: maybeText(row['session_id']),
    sampleRate: maybe(row['sample_rate']),
    errorType: maybeText(row['error_type']),
    requestBodySize: maybe(row['request_body_size']),
    responseBodySize: maybe(row['response_body_size']),
    protocolVersion: maybeText(row['network_protocol_version']),
    syntheticType: maybeText(row['user_agent_synthetic_type']) as SyntheticType | null,
  };
}

function toBucket(row: Row): SummaryBucket {
  return { start: number(row['start']), requests: number(row['requests']), errors: number(row['errors']) };
}

function toEndpoint(row: Row): SummaryEndpoint {
  return {
    method: text(row['method']),
    endpoint: text(row['path']),
    requests: number(row['requests']),
    errors: number(row['errors']),
    p95: maybe(row['p95']),
  };
}
