import type { LatencySpread } from '../../answers/latency.ts';
import type { Span } from '../../time-range.ts';

/** Requests that began in one bucket of time, with latencies of one bin. */
export interface HeatCell {
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly requests: number;
}

/**
 * The cell at a place of the map.
 *
 * @param x - 0 at the left end, 1 at the right
 * @param y - 0 at the bottom, 1 at the top
 */
export function cellAt({ heat, bins }: LatencySpread, x: number, y: number): HeatCell | undefined {
  const column = heat[Math.floor(x * heat.length)];
  const row = Math.floor(y * bins.length);
  const bin = bins[row];
  if (column === undefined || bin === undefined) return undefined;
  return { start: Date.parse(column.start), from: bin.from, to: bin.to, requests: column.requests[row] ?? 0 };
}

/** When the requests of a cell began: the first and the last bucket of time reach beyond the map, and what is there was not counted. */
export function rangeOf(spread: LatencySpread, { start }: HeatCell): Span {
  return {
    since: Math.max(start, Date.parse(spread.since)),
    until: Math.min(start + spread.bucket_millis, Date.parse(spread.until)),
  };
}

/** How dark a number is among others, 0 to 1: one request of thousands is to be seen, so by its logarithm. */
export function shadeOf(value: number, largest: number): number {
  if (value <= 0) return 0;
  return 0.12 + 0.88 * (Math.log1p(value) / Math.log1p(Math.max(value, largest)));
}
