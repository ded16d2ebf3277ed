import { latencyBucket, GAMMA, MAX_LATENCY_BUCKET, MIN_LATENCY_BUCKET } from './log-buckets.ts';

/** How many latencies each bucket holds. */
export type BucketCounts = ReadonlyMap<number, number>;

/** A bucket, and how many latencies those below it hold. */
interface Ranked {
  readonly bucket: number;
  readonly below: number;
  readonly count: number;
}

/**
 * Latencies of which only the counts of their buckets are known. These tell in which buckets a percentile lies, and so which few
 * latencies have to be read and sorted to have it exactly.
 */
export class RankedBuckets {
  readonly #counts: BucketCounts;
  readonly #ranked: readonly Ranked[];
  readonly #all: number;

  constructor(counts: BucketCounts) {
    let below = 0;
    const sorted = [...counts].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
    this.#counts = counts;
    this.#ranked = sorted.map(([bucket, count]) => {
      const ranked = { bucket, below, count };
      below += count;
      return ranked;
    });
    this.#all = below;
  }

  /** The buckets with the two ranks between which each quantile lies. */
  bucketsOf(quantiles: readonly number[]): ReadonlySet<number> {
    const buckets = quantiles
      .flatMap((q) => [Math.floor(this.#placeOf(q)), Math.ceil(this.#placeOf(q))])
      .map((rank) => this.#at(rank)?.bucket);
    return new Set(buckets.filter((bucket) => bucket !== undefined));
  }

  /**
   * A quantile, interpolated linearly between the two nearest ranks.
   *
   * @param valuesOf - all latencies of a bucket, sorted
   * @returns `null` where there are no latencies, `undefined` where a bucket has others than were counted
   */
  quantile(q: number, valuesOf: (bucket: number) => ArrayLike<number>): number | null | undefined {
    if (this.#all === 0) return null;
    const place = this.#placeOf(q);
    const low = this.#valueAt(Math.floor(place), valuesOf);
    const high = this.#valueAt(Math.ceil(place), valuesOf);
    return low === undefined || high === undefined
      ? undefined
      : low + (high - low) * (place - Math.floor(place));
  }

  #valueAt(rank: number, valuesOf: (bucket: number) => ArrayLike<number>): number | undefined {
    const ranked = this.#at(rank);
    if (ranked === undefined) return undefined;
    const values = valuesOf(ranked.bucket);
    return values.length === this.#counts.get(ranked.bucket) ? values[rank - ranked.below] : undefined;
  }

  #placeOf(q: number): number {
    return (this.#all - 1) * q;
  }

  #at(rank: number): Ranked | undefined {
    return this.#ranked.find(({ below, count }) => rank >= below && rank < below + count);
  }
}

/**
 * Where buckets begin and end, to the last bit as {@link latencyBucket} has it: a latency lies in one of them where an odd number of
 * these edges are not above it.
 *
 * @returns sorted; buckets that follow each other have none in between
 */
export function edgesOf(buckets: ReadonlySet<number>): readonly number[] {
  return [...buckets]
    .toSorted((a, b) => a - b)
    .flatMap((bucket) => [
      ...(buckets.has(bucket - 1) ? [] : [beginOf(bucket)]),
      ...(buckets.has(bucket + 1) ? [] : [beginOf(bucket + 1)]),
    ]);
}

/**
 * A latency that so many others reach, or a little more of them, as far as counts tell.
 *
 * @param below - those of its bucket, and above, do not count
 * @returns `undefined` where fewer were counted
 */
export function latencyReachedBy(
  counts: BucketCounts,
  wanted: number,
  below: number = Infinity,
): number | undefined {
  const end = below === Infinity ? Infinity : latencyBucket(below);
  let reached = 0;
  for (const [bucket, count] of [...counts].toSorted(([a], [b]) => b - a)) {
    if (bucket >= end) continue;
    reached += count;
    if (reached >= wanted) return beginOf(bucket);
  }
  return undefined;
}

/** The least latency of a bucket. */
function beginOf(bucket: number): number {
  if (bucket <= MIN_LATENCY_BUCKET) return -Infinity;
  if (bucket > MAX_LATENCY_BUCKET) return Infinity;
  let least = GAMMA ** (bucket - 1);
  while (latencyBucket(least) >= bucket) least = neighbour(least, -1n);
  while (latencyBucket(least) < bucket) least = neighbour(least, 1n);
  return least;
}

const FLOAT = new Float64Array(1);
const BITS = new BigInt64Array(FLOAT.buffer);

/** The next number above or below a positive one. */
function neighbour(value: number, step: 1n | -1n): number {
  FLOAT[0] = value;
  BITS[0] = (BITS[0] ?? 0n) + step;
  return FLOAT[0];
}
