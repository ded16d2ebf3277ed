/** Median and quartiles of what was measured in each round; of turns what is typical of them, and quartiles of what others could have given. */
export interface Spread {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
}

/**
 * A comparison is void when half of its rounds, or what could have come out, lie further apart than this share of the median: the machine
 * was then busy with something else, and a median of such rounds says nothing.
 */
const MAX_RELATIVE_SPREAD = 0.35;

/** @throws RangeError for no values: a median of nothing would be printed as a result */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), q1: quantile(sorted, 0.25), q3: quantile(sorted, 0.75) };
}

/** The ratio of two subjects, round by round: what slows one round down slows both of its neighbours. */
export function ratioOf(numerators: readonly number[], denominators: readonly number[]): Spread {
  if (numerators.length !== denominators.length) throw new RangeError('rounds do not match');
  return spreadOf(numerators.map((value, round) => value / (denominators[round] ?? NaN)));
}

/** Whether the rounds lie too far apart, or are no numbers, for their median to mean something. */
export function isVoid({ median, q1, q3 }: Spread): boolean {
  return !Number.isFinite(median) || Math.abs(q3 - q1) > MAX_RELATIVE_SPREAD * Math.abs(median);
}

/** The mean without the lowest and the highest tenth: a few that something else has hit say nothing. */
export function middleMean(values: readonly number[]): number {
  const cut = Math.floor(values.length / 10);
  const middle = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** @param share from 0 to 1, which is the greatest */
export function percentile(values: readonly number[], share: number): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    share,
  );
}

/** Linear interpolation between the two nearest of `sorted`. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError('no values');
  return below + (above - below) * (position - Math.floor(position));
}
