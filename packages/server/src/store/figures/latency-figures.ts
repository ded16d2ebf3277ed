import type { HistogramBin } from '../questions/histogram-bin.ts';
import type { EndpointThreshold } from '../questions/endpoint-threshold.ts';
import type { CountedBucket, LatencyCell } from '../questions/latency-cells.ts';
import { binOf, binsOf, latencyBucket, latencyValue } from './log-buckets.ts';

/** How satisfied users are with a latency: <https://en.wikipedia.org/wiki/Apdex>. */
export interface Apdex {
  /** 0 to 1; `null` without a latency. */
  readonly score: number | null;
  /** Requests up to the threshold, up to four times it, and above. */
  readonly satisfied: number;
  readonly tolerating: number;
  readonly frustrated: number;
}

/** Above it users begin to notice, milliseconds; where nobody says another one. */
export const DEFAULT_THRESHOLD = 500;

/** The last buckets of latencies that satisfy, and that are tolerated. */
export interface ApdexBuckets {
  readonly fine: number;
  readonly bearable: number;
}

/**
 * Which latencies count as fast enough. Only their buckets are known, so the threshold is as exact as these: up to 4 % above it still
 * counts as at it.
 *
 * @param thresholdMillis - above it users begin to notice
 */
export function apdexBuckets(thresholdMillis: number = DEFAULT_THRESHOLD): ApdexBuckets {
  return { fine: latencyBucket(thresholdMillis), bearable: latencyBucket(4 * thresholdMillis) };
}

/** Thresholds that endpoints have as their own, in columns of one length. */
export interface ThresholdColumns {
  readonly clientIds: readonly string[];
  readonly methods: readonly string[];
  readonly endpoints: readonly string[];
  readonly fine: readonly number[];
  readonly bearable: readonly number[];
}

/** Puts thresholds into columns, for a database to join. */
export function thresholdColumns(thresholds: readonly EndpointThreshold[]): ThresholdColumns {
  const buckets = thresholds.map(({ thresholdMillis }) => apdexBuckets(thresholdMillis));
  return {
    clientIds: thresholds.map(({ clientId }) => clientId),
    methods: thresholds.map(({ method }) => method),
    endpoints: thresholds.map(({ endpoint }) => endpoint),
    fine: buckets.map(({ fine }) => fine),
    bearable: buckets.map(({ bearable }) => bearable),
  };
}

/** The Apdex of some latencies; {@link apdexBuckets} says how exact the threshold is. */
export function apdexOf(cells: readonly CountedBucket[], thresholdMillis?: number): Apdex {
  const { fine, bearable } = apdexBuckets(thresholdMillis);
  const countOf = (isMeant: (bucket: number) => boolean): number =>
    cells.reduce((sum, { bucket, count }) => (isMeant(bucket) ? sum + count : sum), 0);
  const satisfied = countOf((bucket) => bucket <= fine);
  const tolerating = countOf((bucket) => bucket > fine && bucket <= bearable);
  const frustrated = countOf((bucket) => bucket > bearable);
  const all = satisfied + tolerating + frustrated;
  return { score: all === 0 ? null : (satisfied + tolerating / 2) / all, satisfied, tolerating, frustrated };
}

/** How latencies are spread in each bucket of time. */
export interface LatencyHeat {
  /** Bins of all latencies, without gaps; `count` is of the whole range. */
  readonly bins: readonly HistogramBin[];
  /** By the begin of a bucket of time: how many of its requests lie in which of the bins. */
  readonly columns: ReadonlyMap<number, readonly number[]>;
}

/** Puts latencies into the bins of an answer. */
export function heatOf(cells: readonly LatencyCell[]): LatencyHeat {
  const bins = binsOf(cells.map(({ bucket, count }) => [bucket, count]));
  const first = cells.reduce((least, { bucket }) => Math.min(least, binOf(bucket)), Infinity);
  const columns = new Map<number, number[]>();
  for (const { start, bucket, count } of cells) {
    const column = columns.get(start) ?? bins.map(() => 0);
    const place = binOf(bucket) - first;
    column[place] = (column[place] ?? 0) + count;
    columns.set(start, column);
  }
  return { bins, columns };
}

/**
 * A percentile of latencies of which the buckets are known, interpolated between the two nearest ranks: within 2 %.
 *
 * @returns milliseconds; `null` without latencies
 */
export function estimatedQuantile(cells: readonly CountedBucket[], q: number): number | null {
  const sorted = cells.toSorted((a, b) => a.bucket - b.bucket);
  const all = sorted.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return null;
  const place = (all - 1) * q;
  const valueAt = (rank: number): number => {
    let below = 0;
    const found = sorted.find(({ count }) => (below += count) > rank);
    return latencyValue(found?.bucket ?? 0);
  };
  const low = valueAt(Math.floor(place));
  return low + (valueAt(Math.ceil(place)) - low) * (place - Math.floor(place));
}
