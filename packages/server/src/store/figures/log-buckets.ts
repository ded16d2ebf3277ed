import type { HistogramBin } from '../questions/histogram-bin.ts';

/**
 * Buckets that grow by 4 %, as in DDSketch (Masson et al., VLDB 2019). Taking (2γ/(γ+1))·γ^(i-1) for every value of
 * bucket i is wrong by at most (γ-1)/(γ+1), 1.96 %; the document promises 2 %.
 */
export const GAMMA = 1.04;

const LOG_GAMMA = Math.log(GAMMA);

/** Bucket of everything at or below a nanosecond, zero included; latencies are milliseconds. */
export const MIN_LATENCY_BUCKET = -352;

/** Bucket of everything above, 12 days. */
export const MAX_LATENCY_BUCKET = 529;

/** Buckets that the histogram of an answer puts together: ten bins per factor of ten. */
const BUCKETS_PER_BIN = 6;

/** The first bin of an answer's histogram holds everything up to 0.1 ms. */
const MIN_BIN = -10;

/** Number of the bucket (γ^(i-1), γ^i] in which a latency lies. The stores have it in SQL, in their `log-bucket-sql.ts`. */
export function latencyBucket(millis: number): number {
  if (millis <= GAMMA ** MIN_LATENCY_BUCKET) return MIN_LATENCY_BUCKET;
  return Math.min(MAX_LATENCY_BUCKET, Math.ceil(Math.log(millis) / LOG_GAMMA));
}

/** Bin of an answer's histogram in which a bucket lies. */
export function binOf(bucket: number): number {
  return Math.max(MIN_BIN, Math.ceil(bucket / BUCKETS_PER_BIN));
}

/** Upper end of a bin of an answer's histogram. */
function binEnd(bin: number): number {
  return GAMMA ** (bin * BUCKETS_PER_BIN);
}

/** Upper end of a bucket, milliseconds. */
export function latencyEnd(bucket: number): number {
  return GAMMA ** bucket;
}

/** The value that stands for all of a bucket, milliseconds. */
export function latencyValue(bucket: number): number {
  return bucket === MIN_LATENCY_BUCKET ? 0 : (2 / (GAMMA + 1)) * GAMMA ** bucket;
}

/** Puts counts of buckets into the bins of an answer, from the first that holds something to the last. */
export function binsOf(counts: Iterable<readonly [bucket: number, count: number]>): readonly HistogramBin[] {
  const bins = new Map<number, number>();
  for (const [bucket, count] of counts) bins.set(binOf(bucket), (bins.get(binOf(bucket)) ?? 0) + count);
  if (bins.size === 0) return [];
  const first = Math.min(...bins.keys());
  return Array.from({ length: Math.max(...bins.keys()) - first + 1 }, (_, offset) => {
    const bin = first + offset;
    const from = bin === MIN_BIN ? 0 : binEnd(bin - 1);
    return { from, to: binEnd(bin), count: bins.get(bin) ?? 0 };
  });
}
