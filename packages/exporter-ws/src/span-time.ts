import type { HrTime } from '@opentelemetry/api';

/** The second that was formatted last: requests come many to a second, and formatting a date is slow. */
let lastSecond = NaN;
let lastPrefix = '';

/** RFC 3339 in UTC with milliseconds. */
export function timestampOf([second, nanos]: HrTime): string {
  if (second !== lastSecond) {
    lastPrefix = new Date(second * 1e3).toISOString().slice(0, -'000Z'.length);
    lastSecond = second;
  }
  return `${lastPrefix}${String(Math.floor(nanos / 1e6)).padStart(3, '0')}Z`;
}

/** Milliseconds with at most three decimals. */
export function millisOf([seconds, nanos]: HrTime): number {
  return Math.round(seconds * 1e6 + nanos / 1e3) / 1e3;
}
