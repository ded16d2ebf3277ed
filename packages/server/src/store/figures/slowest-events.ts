import { isToldByKeys } from '../filter/event-filter.ts';
import type { AnalyticsFilter } from '../questions/analytics-filter.ts';
import type { EventQuery } from '../questions/event-query.ts';
import { isLong } from './precision.ts';
import { latencyReachedBy, type BucketCounts } from './ranked-buckets.ts';

/** Of what aggregates do not tell apart, one in so many is taken to be meant. */
const MEANT_ONE_IN = 256;

/** What {@link slowestEvents} asks. */
export interface SlowestQuestions<T> {
  /** How many latencies lie in which bucket, of what the keys of a filter mean; of some of the range is enough. */
  readonly counts: (range: AnalyticsFilter) => Promise<BucketCounts>;
  readonly events: (query: EventQuery) => Promise<readonly T[]>;
}

/**
 * The slowest events: first asked for among those that are as slow as so many others, for in most ranges these are few. Where that gives a whole
 * page, it is the page; where it does not, all are asked for. So an answer does not depend on what was counted.
 */
export async function slowestEvents<T>(
  query: EventQuery,
  { counts, events }: SlowestQuestions<T>,
): Promise<readonly T[]> {
  const { since = 0, until = Date.now(), limit } = query;
  const range = { ...query, since, until };
  if (query.order !== 'slowest' || isOne(query) || !isLong(range)) return events(query);
  const from = leastLatency(query, await counts(range));
  if (from === undefined) return events(query);
  const found = await events({ ...query, latency: { ...query.latency, from } });
  return found.length < limit ? events(query) : found;
}

/** The least latency to ask for, milliseconds; `undefined` where it tells no more than the query does. */
function leastLatency(query: EventQuery, counts: BucketCounts): number | undefined {
  const { latency = {}, after, limit } = query;
  const isTold = isToldByKeys({ ...query, latency: undefined });
  const below = Math.min(after?.value ?? Infinity, latency.to ?? Infinity);
  const least = latencyReachedBy(counts, limit * (isTold ? 1 : MEANT_ONE_IN), below);
  return least === undefined || least <= (latency.from ?? -Infinity) ? undefined : least;
}

/** Whether it is about so few events that they are found at once. */
function isOne({ id, spanId, traceId }: EventQuery): boolean {
  return id !== undefined || spanId !== undefined || traceId !== undefined;
}
