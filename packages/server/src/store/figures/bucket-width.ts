import { DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS } from '../../durations.ts';
import type { TimeRange } from '../questions/analytics-filter.ts';

const UNITS: Readonly<Record<string, number>> = {
  s: SECOND_MILLIS,
  m: MINUTE_MILLIS,
  h: HOUR_MILLIS,
  d: DAY_MILLIS,
};

const STEPS = [
  ...[1, 5, 10, 30].map((n) => n * SECOND_MILLIS),
  ...[1, 5, 15, 30].map((n) => n * MINUTE_MILLIS),
  ...[1, 3, 6, 12].map((n) => n * HOUR_MILLIS),
  ...[1, 7, 30].map((n) => n * DAY_MILLIS),
];

/** Most buckets that a width chosen by the server gives, until the widest step no longer suffices. */
const TARGET_BUCKETS = 60;

/** The same of the questions of the page. A range that does not begin at a bucket's start touches one more than fit into it. */
const PAGE_BUCKETS = 119;

/** How a width is written: `<n>s|m|h|d`. */
export const BUCKET: RegExp = /^([1-9]\d{0,6})([smhd])$/;

/** Reads `<n>s|m|h|d`, 1 s to 366 d. @returns milliseconds, or `undefined` if the text is no such width. */
export function parseBucket(text: string): number | undefined {
  const match = BUCKET.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) return undefined;
  const millis = Number(match[1]) * unit;
  return millis <= 366 * DAY_MILLIS ? millis : undefined;
}

/** The narrowest of the usual widths that cuts a span into at most so many buckets, by default 60. */
export function chooseBucket(spanMillis: number, maxBuckets: number = TARGET_BUCKETS): number {
  return STEPS.find((step) => spanMillis / step <= maxBuckets) ?? 30 * DAY_MILLIS;
}

/** The width of buckets for the questions of the page. */
export function pageBucket({ since, until }: TimeRange): number {
  return chooseBucket(until - since, PAGE_BUCKETS);
}

/** The same for a metric: aggregates have no shorter periods than hours. */
export function metricBucket(range: TimeRange, isLarge: boolean): number {
  return Math.max(pageBucket(range), isLarge ? HOUR_MILLIS : 0);
}
