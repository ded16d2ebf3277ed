import { percentile, type Spread } from '../harness/statistics.ts';

/** What the same number of turns measured of each application, by request; turns with the same index are neighbours. */
export interface Measured {
  readonly bare: readonly number[];
  readonly subject: readonly number[];
  readonly reference: readonly number[];
}

/** Below the median: whatever else the machine does makes a turn dearer, never cheaper. */
const QUANTILE = 0.4;
const RESAMPLES = 500;

/** Of what other turns could have given, a half lies between these shares. */
const [LOW, HIGH] = [0.25, 0.75];

/** What is typical of turns. */
export function typical(turns: readonly number[]): number {
  return percentile(turns, QUANTILE);
}

/** What is typical of turns, and how much of it is chance. @param random from 0 up to 1 */
export function spreadOfTurns(turns: readonly number[], random?: () => number): Spread {
  return withChance(turns.length, (drawn) => typical(drawn(turns)), random);
}

/** What a subject adds to the bare application, and how much of that is chance. @param random from 0 up to 1 */
export function added({ bare, subject }: Omit<Measured, 'reference'>, random?: () => number): Spread {
  return withChance(bare.length, (drawn) => typical(drawn(subject)) - typical(drawn(bare)), random);
}

/** What a subject adds to the bare application ÷ what the reference adds, and how much of that is chance. @param random from 0 up to 1 */
export function ratioOfAdded({ bare, subject, reference }: Measured, random?: () => number): Spread {
  const ratio = (drawn: Draw): number => {
    const base = typical(drawn(bare));
    return (typical(drawn(subject)) - base) / (typical(drawn(reference)) - base);
  };
  return withChance(bare.length, ratio, random);
}

/** Some turns of an application. */
type Draw = (all: readonly number[]) => readonly number[];

/** Whole groups of neighbours are drawn again and again, with repetition. */
function withChance(turns: number, of: (drawn: Draw) => number, random: () => number = repeatable()): Spread {
  const others = Array.from({ length: RESAMPLES }, () => {
    const chosen = Array.from({ length: turns }, () => Math.floor(random() * turns));
    return of((all) => chosen.map((turn) => all[turn] ?? NaN));
  });
  return { median: of((all) => all), q1: percentile(others, LOW), q3: percentile(others, HIGH) };
}

/** The same numbers each time, so that the same turns always say the same: a linear congruential generator (Park and Miller, 1988). */
function repeatable(): () => number {
  const modulus = 2 ** 31 - 1;
  let state = 1;
  return () => {
    state = (state * 48_271) % modulus;
    return (state - 1) / (modulus - 1);
  };
}
