const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

const STEPS = [
  ...[1, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 5, 15, 30].map((n) => n * MINUTE),
  ...[1, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 7, 30].map((n) => n * DAY),
];

/** Most buckets that a width chosen by the server gives, until the widest step no longer suffices. */
const TARGET_BUCKETS = 60;

/** Reads `<n>s|m|h|d`, 1 s to 366 d. @returns milliseconds, or `undefined` if the text is no such width. */
export function parseBucket(text: string): number | undefined {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) return undefined;
  const millis = Number(match[1]) * unit;
  return millis <= 366 * DAY ? millis : undefined;
}

/** The narrowest of the usual widths that cuts a span into at most so many buckets, by default 60. */
export function chooseBucket(spanMillis: number, maxBuckets: number = TARGET_BUCKETS): number {
  return STEPS.find((step) => spanMillis / step <= maxBuckets) ?? 30 * DAY;
}
