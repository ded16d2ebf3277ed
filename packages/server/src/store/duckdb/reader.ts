import type { StoredEvent } from '../../event/event.ts';
import type { Analytics } from '../questions/analytics.ts';
import { chooseBucket } from '../figures/bucket-width.ts';
import type { EventQuery, Summary, SummaryQuery } from '../questions/event-query.ts';
import { isByTime } from '../questions/event-order.ts';
import type { ProducerRow } from '../questions/producer.ts';
import { toProducerRow } from '../rows/producer.ts';
import { toStoredEvent } from '../rows/stored-event.ts';
import { toSummary } from '../rows/summary.ts';
import { maybe, number } from '../rows/values.ts';
import type { EventReader } from '../store.ts';
import type { ReadConnection, ReadRows } from './engine/read-connection.ts';
import { DuckDbAnalytics } from './questions/analytics.ts';
import { eventListOf } from './questions/event-list.ts';
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

  /** @param exactEvents - most events of a range that is answered from single events */
  constructor(reads: ReadConnection, exactEvents?: number) {
    this.#reads = reads;
    this.analytics = new DuckDbAnalytics(reads, exactEvents);
  }

  async events(query: EventQuery): Promise<readonly StoredEvent[]> {
    const { order = 'newest' } = query;
    const found = isByTime(order)
      ? this.#reads.rows(eventsQuery(query))
      : this.#reads.inSnapshot((rows) => eventListOf(rows, query));
    return (await found).map(toStoredEvent);
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
  const latency = { p50: maybe(totals['p50']), p95: maybe(totals['p95']), p99: maybe(totals['p99']) };
  return toSummary({ totals, bucketMillis, latency, buckets, endpoints });
}
