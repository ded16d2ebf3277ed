import type { TimeRange } from '../questions/analytics-filter.ts';

/** Starts of the buckets of one width that a range touches, in order of time; they are multiples of the width. */
export function bucketStarts({ since, until }: TimeRange, bucketMillis: number): readonly number[] {
  const first = Math.floor(since / bucketMillis);
  const count = Math.max(0, Math.ceil(until / bucketMillis) - first);
  return Array.from({ length: count }, (_, index) => (first + index) * bucketMillis);
}

/** The range of equal length that ends where this one begins. */
export function previousRange({ since, until }: TimeRange): TimeRange {
  return { since: since - (until - since), until: since };
}

/** Puts what is known of some buckets in the place of each, and zeros in those of the others. */
export function fillBuckets<T extends { readonly start: number }>(
  starts: readonly number[],
  known: readonly T[],
  zero: Omit<T, 'start'>,
): readonly (Omit<T, 'start'> & { readonly start: number })[] {
  const byStart = new Map(known.map((point) => [point.start, point]));
  return starts.map((start) => byStart.get(start) ?? { ...zero, start });
}
