import { Span } from './matching.js';

/** What a share of the two values beside a percentile may be off where it is estimated. */
const ESTIMATE = 0.02;
/** Answers have milliseconds with three digits. */
const HALF_A_DIGIT = 0.000_5;

interface Place {
  readonly low: number;
  readonly high: number;
  /** How far it lies from the one to the other, 0 to 1. */
  readonly part: number;
}

function placeOf(values: readonly number[], q: number): Place | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = q * (sorted.length - 1);
  const low = sorted[Math.floor(rank)];
  const high = sorted[Math.ceil(rank)];
  return low === undefined || high === undefined ? undefined : { low, high, part: rank - Math.floor(rank) };
}

/** A percentile, interpolated between the two nearest ranks; `null` of nothing. */
export function percentile(values: readonly number[], q: number): number | null {
  const place = placeOf(values, q);
  return place === undefined ? null : place.low + place.part * (place.high - place.low);
}

/** What an answer may say of a percentile. */
export function percentileSpan(values: readonly number[], q: number, isEstimated: boolean): Span | null {
  const place = placeOf(values, q);
  if (place === undefined) return null;
  const { low, high, part } = place;
  const value = low + part * (high - low);
  const off = isEstimated ? ESTIMATE * ((1 - part) * Math.abs(low) + part * Math.abs(high)) : 0;
  return Span.around(value, off + HALF_A_DIGIT);
}

/** The percentiles of latencies. */
export function latencySpans(
  latencies: readonly number[],
  isEstimated: boolean,
): Readonly<Record<'p50' | 'p95' | 'p99', Span | null>> {
  const at = (q: number): Span | null => percentileSpan(latencies, q, isEstimated);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
