import { percentile } from '../harness/statistics.ts';

/** What the same number of turns measured of each application, CPU microseconds per request; turns with the same index are neighbours. */
export interface Measured {
  readonly bare: readonly number[];
  readonly subject: readonly number[];
  readonly reference: readonly number[];
}

/** A ratio, and between which 90 % of what other turns could have given lie. */
export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Below the median: whatever else the machine does makes a turn dearer, never cheaper. */
const QUANTILE = 0.4;
const RESAMPLES = 500;

/** What is typical of turns. */
export function typical(turns: readonly number[]): number {
  return percentile(turns, QUANTILE);
}

/**
 * What a subject adds to the bare application ÷ what the reference adds. Whole groups of neighbours are drawn again and again to say how
 * much of it is chance.
 *
 * @param random from 0 up to 1
 */
export function ratioOfAdded(measured: Measured, random: () => number = Math.random): Ratio {
  const { bare, subject, reference } = measured;
  const of = (turns: readonly number[]): number => {
    const drawn = (all: readonly number[]): number => typical(turns.map((turn) => all[turn] ?? NaN));
    const base = drawn(bare);
    return (drawn(subject) - base) / (drawn(reference) - base);
  };
  const all = bare.map((_, turn) => turn);
  const others = Array.from({ length: RESAMPLES }, () =>
    of(all.map(() => Math.floor(random() * all.length))),
  );
  return { ratio: of(all), low: percentile(others, 0.05), high: percentile(others, 0.95) };
}
