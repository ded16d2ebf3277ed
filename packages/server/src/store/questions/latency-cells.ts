import type { EventFilter } from '../filter/event-filter.ts';

/** How latencies are spread over time. */
export interface LatenciesQuery extends EventFilter {
  readonly since: number;
  readonly until: number;
  /** Width of a bucket of time, milliseconds. Buckets start at its multiples since the epoch. */
  readonly bucketMillis: number;
}

/** How many latencies lie in a bucket; see `log-buckets.ts`. */
export interface CountedBucket {
  readonly bucket: number;
  readonly count: number;
}

/** Requests of one bucket of time whose latencies lie in one bucket. */
export interface LatencyCell extends CountedBucket {
  /** Milliseconds since the epoch. */
  readonly start: number;
}

/** Answer to a {@link LatenciesQuery}: all cells that are not empty, in any order. Counts are exact, whatever the range. */
export type LatencyCells = readonly LatencyCell[];
