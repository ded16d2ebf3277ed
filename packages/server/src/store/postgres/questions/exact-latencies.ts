import type { Percentiles } from '../../questions/event-query.ts';
import { latencyBucket } from '../../figures/log-buckets.ts';
import { edgesOf, RankedBuckets, type BucketCounts } from '../../figures/ranked-buckets.ts';
import { numbers } from '../engine/values.ts';
import type { Row } from '../../rows/values.ts';

const QUANTILES = [0.5, 0.95, 0.99];

/** SQL for whether an event's latency lies between some edges, an expression of the type `float8[]`; see {@link edgesOf}. */
export function isWithinSql(edges: string): string {
  return `width_bucket(latency_ms, ${edges}) % 2 = 1`;
}

/** SQL for latencies as bytes, for texts take longer to read than the rest. {@link latenciesOf} reads them. */
export const LATENCY_BYTES = `string_agg(float8send(latency_ms), '')`;

/** Reads what {@link LATENCY_BYTES} gave; none for NULL. */
export function latenciesOf(value: unknown): Float64Array {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  return Float64Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleBE(index * 8));
}

/** The arrays `buckets` and `counts` of a row. */
export function countsOfRow(row: Row | undefined): BucketCounts {
  const counts = numbers(row?.['counts']);
  return new Map(numbers(row?.['buckets']).map((bucket, index) => [bucket, counts[index] ?? 0]));
}

/** Between these lies everything. */
const EVERYTHING = [-Infinity, Infinity];

/**
 * Exact percentiles of groups, without sorting everything: the counts of the buckets tell in which of them each lies, and only the
 * latencies of these are read, which are a few in a hundred. Where they are not as many as were counted, all are: who counted had
 * another logarithm, and a latency lies on the edge of two buckets.
 *
 * @param groups - how many latencies of each group lie in which bucket
 * @param read - gives the latencies of each group that lie between its edges, in any order
 */
export async function exactPercentiles(
  groups: readonly BucketCounts[],
  read: (edges: readonly (readonly number[])[]) => Promise<readonly Float64Array[]>,
): Promise<readonly Percentiles[]> {
  const ranked = groups.map((counts) => new RankedBuckets(counts));
  const latencies = await read(ranked.map((group) => edgesOf(group.bucketsOf(QUANTILES))));
  const found = ranked.map((group, index) => percentilesOf(group, byBucket(latencies[index])));
  if (found.every((each) => each !== undefined)) return found;
  const all = await read(groups.map(() => EVERYTHING));
  return groups.map((_, index) => {
    const buckets = byBucket(all[index]);
    const counts = new Map([...buckets].map(([bucket, values]) => [bucket, values.length]));
    return percentilesOf(new RankedBuckets(counts), buckets) ?? { p50: null, p95: null, p99: null };
  });
}

/** Sorted, by bucket. */
type Latencies = ReadonlyMap<number, Float64Array>;

function byBucket(latencies: Float64Array = new Float64Array()): Latencies {
  const sorted = latencies.toSorted();
  const found = new Map<number, Float64Array>();
  for (let begin = 0; begin < sorted.length;) {
    const bucket = latencyBucket(sorted[begin] ?? 0);
    let end = begin + 1;
    while (end < sorted.length && latencyBucket(sorted[end] ?? 0) === bucket) end += 1;
    found.set(bucket, sorted.subarray(begin, end));
    begin = end;
  }
  return found;
}

function percentilesOf(ranked: RankedBuckets, latencies: Latencies): Percentiles | undefined {
  const [p50, p95, p99] = QUANTILES.map((q) => ranked.quantile(q, (bucket) => latencies.get(bucket) ?? []));
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
}
