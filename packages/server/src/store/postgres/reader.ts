import type { StoredEvent } from '../../event/event.ts';
import type { Analytics } from '../questions/analytics.ts';
import { chooseBucket } from '../figures/bucket-width.ts';
import type { EventQuery, Summary, SummaryQuery } from '../questions/event-query.ts';
import type { ProducerRow } from '../questions/producer.ts';
import { toProducerRow } from '../rows/producer.ts';
import { toStoredEvent } from '../rows/stored-event.ts';
import { toSummary } from '../rows/summary.ts';
import { number } from '../rows/values.ts';
import type { EventReader } from '../store.ts';
import type { ReadRows, Reads } from './engine/reads.ts';
import { percentiles } from './engine/values.ts';
import { PostgresAnalytics } from './questions/analytics.ts';
import { eventListOf } from './questions/events/event-list.ts';
import {
  batchesQuery,
  bucketsQuery,
  endpointsQuery,
  eventsOfBatchesQuery,
  producerQuery,
  totalsQuery,
} from './questions/events/queries.ts';
import type { RecentBatch, WatchReads } from './watching.ts';

/** Answers what is asked about single events and producers, and the summary. */
export class PostgresReader implements EventReader, WatchReads {
  readonly analytics: Analytics;
  readonly #reads: Reads;

  /** @param exactEvents - most events of a range that is answered from single events */
  constructor(reads: Reads, exactEvents?: number) {
    this.#reads = reads;
    this.analytics = new PostgresAnalytics(reads, exactEvents);
  }

  async events(query: EventQuery): Promise<readonly StoredEvent[]> {
    const found = await this.#reads.inSnapshot((rows) => eventListOf(rows, query));
    return found.map(toStoredEvent);
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
  const latency = percentiles(totals['latency']);
  return toSummary({ totals, bucketMillis, latency, buckets, endpoints });
}
