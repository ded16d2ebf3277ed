import type { FilterChange } from './filter.ts';

/** A bar of a distribution: what is above its begin, and up to its end. */
interface Bin {
  readonly from: number;
  readonly to: number;
}

/** What the first bar of a distribution of latencies begins with, and it holds that, too. */
const NO_TIME = 0;

/** Chooses the latencies of a bar. */
export function latenciesOf({ from, to }: Bin): FilterChange {
  return { latency_ms_min: String(from === NO_TIME ? from : nextAbove(from)), latency_ms_max: String(to) };
}

/**
 * Chooses a metric's numbers of a bar.
 *
 * @param first - the first bar of all, which holds its begin, too
 */
export function numbersOf(metric: string, { from, to }: Bin, first: Bin | undefined): FilterChange {
  const isFirst = from === first?.from && to === first.to;
  return {
    metric,
    metric_equals: undefined,
    metric_min: String(isFirst ? from : nextAbove(from)),
    metric_max: String(to),
  };
}

/**
 * Chooses the latencies on one side of an end up to which they were counted, or between two.
 *
 * @param above - milliseconds, and `upTo`; where it is left out, nothing is below, or above
 */
export function countedBetween(above: number | undefined, upTo: number | undefined): FilterChange {
  return {
    latency_ms_min: above === undefined ? undefined : String(nextAbove(above)),
    latency_ms_max: upTo === undefined ? undefined : String(upTo),
  };
}

/** Milliseconds of answers are rounded to a thousandth. */
const HALF_A_STEP = 0.0005;

/** A number that is estimated is so much of itself too large at most. */
const ESTIMATE_ERROR = 0.02;

/** Chooses what took at least as long as a percentile says, which is rounded, or estimated: the slowest are always among it. */
export function slowerThan(millis: number, isEstimated = false): FilterChange {
  const least = isEstimated ? millis * (1 - ESTIMATE_ERROR) : millis - HALF_A_STEP;
  return { latency_ms_min: String(Math.max(0, Math.floor(least * 10_000) / 10_000)) };
}

/** The least number above another one. */
function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
