import type { Outcome, StoredEvent, SyntheticType } from '../../event/event.ts';
import type { Analytics } from '../analytics.ts';
import { chooseBucket } from '../figures/bucket-width.ts';
import type { EventQuery, Summary, SummaryBucket, SummaryEndpoint, SummaryQuery } from '../event-query.ts';
import type { ProducerRow } from '../producer.ts';
import type { EventReader } from '../store.ts';
import type { ReadConnection, ReadRows } from './engine/read-connection.ts';
import { maybe, maybeText, number, text, type Row } from './engine/values.ts';
import { DuckDbAnalytics } from './questions/analytics.ts';
import { toProducerRow } from './questions/producer-row.ts';
import {
  bucketsQuery,
  endpointsQuery,
  eventsAfterQuery,
  eventsQuery,
  producerQuery,
  totalsQuery,
} from './questions/queries.ts';

/** Answers what is asked about single events and producers, and the summary. */
export class DuckDbReader implements EventReader {
  readonly analytics: Analytics;
  readonly #reads: ReadConnection;

  constructor(reads: ReadConnection) {
    this.#reads = reads;
    this.analytics = new DuckDbAnalytics(reads);
  }

  async events(query: EventQuery): Promise<readonly StoredEvent[]> {
    return (await this.#reads.rows(eventsQuery(query))).map(toStoredEvent);
  }

  /** Events behind an id, in the order of ids. */
  async eventsAfter(id: number, limit: number): Promise<readonly StoredEvent[]> {
    return (await this.#reads.rows(eventsAfterQuery(id, limit))).map(toStoredEvent);
  }

  async producer(producer: string): Promise<ProducerRow | undefined> {
    const [row] = await this.#reads.rows(producerQuery(producer));
    return row === undefined ? undefined : toProducerRow(row);
  }

  summary(query: SummaryQuery): Promise<Summary> {
    return this.#reads.inSnapshot((rows) => summaryOf(rows, query));
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
    latency: { p50: maybe(totals['p50']), p95: maybe(totals['p95']), p99: maybe(totals['p99']) },
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
