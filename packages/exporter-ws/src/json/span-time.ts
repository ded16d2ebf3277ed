import type { HrTime } from '@opentelemetry/api';
import { POINT, type JsonWriter } from './json-writer.ts';

const MILLIS_END = Buffer.from('Z"');

/** The second that was formatted last: requests come many to a second, and formatting a date is slow. */
let lastSecond = NaN;
let lastPrefix = Buffer.alloc(0);

/**
 * Writes a moment as RFC 3339 in UTC with milliseconds.
 *
 * @throws RangeError for what is no moment
 */
export function writeTimestamp(out: JsonWriter, [second, nanos]: HrTime): void {
  if (second !== lastSecond) {
    lastPrefix = Buffer.from(`"${new Date(second * 1e3).toISOString().slice(0, -'000Z'.length)}`);
    lastSecond = second;
  }
  const millis = Math.floor(nanos / 1e6);
  if (!(millis >= 0 && millis <= 999)) {
    out.plainString(new Date(second * 1e3 + millis).toISOString());
    return;
  }
  out.encoded(lastPrefix);
  out.threeDigits(millis);
  out.encoded(MILLIS_END);
}

/**
 * Writes a duration as milliseconds with at most three decimals.
 *
 * @throws RangeError for what is no duration
 */
export function writeMillis(out: JsonWriter, [seconds, nanos]: HrTime): void {
  const micros = Math.round(seconds * 1e6 + nanos / 1e3);
  if (!Number.isFinite(micros)) throw new RangeError('no duration');
  const millis = Math.floor(micros / 1e3);
  const rest = micros - millis * 1e3;
  // A number so large has no decimals, and what is calculated with it is not exact.
  if (rest === 0 || micros < 0 || micros > Number.MAX_SAFE_INTEGER) {
    out.number(micros / 1e3);
    return;
  }
  out.number(millis);
  out.byte(POINT);
  out.threeDigits(rest);
}
