import type { Fault } from './fault.js';

/**
 * Every fault once, then rounds in which each has its share; in random order. So none is missing in a run that strikes at least as
 * often as there are faults.
 */
export function* schedule(faults: readonly Fault[], random: () => number): Generator<Fault, never> {
  yield* shuffled(faults, random);
  const round = faults.flatMap((fault) => Array.from({ length: fault.share }, () => fault));
  for (;;) yield* shuffled(round, random);
}

function shuffled<T>(values: readonly T[], random: () => number): readonly T[] {
  return values
    .map((value) => ({ value, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
