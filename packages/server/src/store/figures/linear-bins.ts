import type { HistogramBin } from '../questions/histogram-bin.ts';

const BINS = 20;

/** Cuts a span of values into bins of equal width; one bin where there is only one value. */
export interface LinearBins {
  /** Where the first one begins: below the least value, where bins hold so many whole numbers each. */
  readonly min: number;
  readonly width: number;
  readonly count: number;
  readonly least: number;
}

/** Fewer whole numbers than these are told apart by bins as narrow as all others. */
const MIN_WHOLE = 5;

/** The bins for values from `min` to `max`. */
export function linearBins(min: number, max: number): LinearBins {
  const span = max - min;
  // Counts are whole: if one bin held two values and the next one three, it would look like a comb.
  if (span >= MIN_WHOLE && Number.isSafeInteger(min - 1) && Number.isSafeInteger(max)) {
    const each = Math.ceil((span + 1) / BINS);
    return { min: min - 1, width: each, count: Math.ceil((span + 1) / each), least: min };
  }
  const width = span / BINS;
  // Of two values that are closer than that, none lies between the others' bins.
  return width > 0 && Number.isFinite(width) && min + width > min
    ? { min, width, count: BINS, least: min }
    : { min, width: 1, count: 1, least: min };
}

/** Index of the bin (from, to] of a value; the first one holds its lower end too. */
export function linearBin({ min, width, count }: Omit<LinearBins, 'least'>, value: number): number {
  return Math.max(0, Math.min(count - 1, Math.ceil((value - min) / width) - 1));
}

/** Bins with what was counted in each, by index. */
export function filledBins(
  { min, width, count, least }: LinearBins,
  max: number,
  counts: ReadonlyMap<number, number>,
): readonly HistogramBin[] {
  return Array.from({ length: count }, (_, index) => ({
    from: index === 0 ? least : min + index * width,
    to: index === count - 1 ? max : min + (index + 1) * width,
    count: counts.get(index) ?? 0,
  }));
}
