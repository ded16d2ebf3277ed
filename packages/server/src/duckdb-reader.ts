import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

import { chooseBucket } from './bucket-width.ts';
import {
  bucketsQuery,
  endpointsQuery,
  eventsQuery,
  producerQuery,
  totalsQuery,
  type BoundQuery,
} from './duckdb-queries.ts';
import type { Outcome, StoredEvent } from './event.ts';
import type {
  EventQuery,
  EventReader,
  ProducerMode,
  ProducerRow,
  Summary,
  SummaryBucket,
  SummaryEndpoint,
  SummaryQuery,
} from './store.ts';

type Row = Readonly<Record<string, DuckDBValue>>;

/**
 * Reads on a connection of its own, one query at a time: a connection serves one query anyway, and those that wait
 * here do not hold a thread of libuv's pool, which the writer needs.
 */
export class DuckDbReader implements EventReader {
  readonly #connection: DuckDBConnection;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async events(query: EventQuery): Promise<readonly StoredEvent[]> {
    const rows = await this.#inTurn(() => this.#rows(eventsQuery(query)));
    return rows.map(toStoredEvent);
  }

  async producer(producer: string): Promise<ProducerRow | undefined> {
    const [row] = await this.#inTurn(() => this.#rows(producerQuery(producer)));
    return row === undefined ? undefined : toProducerRow(row);
  }

  async summary(query: SummaryQuery): Promise<Summary> {
    return this.#inTurn(() => this.#inSnapshot(() => this.#summary(query)));
  }

  /** Waits for the queries that were asked, then closes the connection. */
  async close(): Promise<void> {
    await this.#tail;
    this.#connection.closeSync();
  }

  async #summary(query: SummaryQuery): Promise<Summary> {
    const [totals = {}] = await this.#rows(totalsQuery(query));
    const span = (query.until ?? number(totals['last'])) - (query.since ?? number(totals['first']));
    const bucketMillis = query.bucketMillis ?? chooseBucket(Math.max(0, span));
    const buckets = await this.#rows(bucketsQuery(query, bucketMillis));
    const endpoints = await this.#rows(endpointsQuery(query));
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

  /** The parts of a summary must come from one state of the database, or its sums disagree. */
  async #inSnapshot<T>(read: () => Promise<T>): Promise<T> {
    await this.#connection.run('BEGIN TRANSACTION READ ONLY');
    try {
      return await read();
    } finally {
      await this.#connection.run('ROLLBACK');
    }
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #rows({ sql, values, types }: BoundQuery): Promise<readonly Row[]> {
    return (await this.#connection.runAndReadAll(sql, values, types)).getRowObjects();
  }
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
  };
}

function toProducerRow(row: Row): ProducerRow {
  return {
    producer: text(row['producer']),
    clientId: text(row['client_id']),
    lastSeq: number(row['last_seq']),
    mode: text(row['mode']) as ProducerMode,
    agent: maybeText(row['agent']),
    firstSeen: number(row['first_seen']),
    lastSeen: number(row['last_seen']),
    events: number(row['events']),
    rejected: number(row['rejected']),
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

function maybe(value: DuckDBValue | undefined): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

function number(value: DuckDBValue | undefined): number {
  return maybe(value) ?? 0;
}

function maybeText(value: DuckDBValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function text(value: DuckDBValue | undefined): string {
  return maybeText(value) ?? '';
}
