import type { Percentiles } from '../store/questions/event-query.ts';

/** A number with at most so many digits behind the point. */
export function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

/** Sums, powers and interpolation give digits that were never measured; a number may be of any size. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** The same of where a bar begins or ends: bars of large numbers may be narrow, and whole numbers are exact. */
export function tidyEdge(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}

/** A share of one: one of a hundred thousand is not nothing. */
export function roundedShare(share: number): number {
  return rounded(share, 8);
}

/** Milliseconds without the digits of an interpolation, which were never measured. */
export function roundedMillis(millis: number | null): number | null {
  return millis === null ? null : rounded(millis, 3);
}

/** Percentiles as the read API writes them. */
export function latencyToJson({ p50, p95, p99 }: Percentiles): Percentiles {
  return { p50: roundedMillis(p50), p95: roundedMillis(p95), p99: roundedMillis(p99) };
}
