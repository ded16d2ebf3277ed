import type { HistogramBin } from '../analytics.ts';

const BINS = 20;

/** Cuts a span of values into bins of equal width; one bin where there is only one value. */
export interface LinearBins {
  readonly min: number;
  readonly width: number;
  readonly count: number;
}

/** The bins for values from `min` to `max`. */
export function linearBins(min: number, max: number): LinearBins {
  const width = (max - min) / BINS;
  // Of two values that are closer than that, none lies between the others' bins.
  return width > 0 && Number.isFinite(width) && min + width > min
    ? { min, width, count: BINS }
    : { min, width: 1, count: 1 };
}

/** Index of the bin (from, to] of a value; the first one holds its lower end too. */
export function linearBin({ min, width, count }: LinearBins, value: number): number {
  return Math.max(0, Math.min(count - 1, Math.ceil((value - min) / width) - 1));
}

/** Bins with what was counted in each, by index. */
export function filledBins(
  { min, width, count }: LinearBins,
  max: number,
  counts: ReadonlyMap<number, number>,
): readonly HistogramBin[] {
  return Array.from({ length: count }, (_, index) => ({
    from: min + index * width,
    to: index === count - 1 ? max : min + (index + 1) * width,
    count: counts.get(index) ?? 0,
  }));
}
