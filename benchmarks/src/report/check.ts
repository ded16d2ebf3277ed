import { isVoid } from '../harness/statistics.ts';
import { isRegression, type Target } from './target.ts';

/** A ratio that is this many times worse than its target is a regression; anything less may be noise. */
const CHECK_SLACK = 1.5;

/** What came of a comparison with what is known. */
export interface Checked {
  /** Nothing was worse twice, and something could be compared at all. */
  readonly passed: boolean;
  /** What there is to say about it, a line each. */
  readonly said: readonly string[];
}

/**
 * Compares ratios with what they are known to be. One that is worse once may be the machine's doing; one that is worse twice is a
 * regression. Ratios that cannot be told prove nothing, so that where none can be told nothing has passed.
 *
 * @param again - measures the same once more; asked only where a ratio is worse
 */
export async function checkTargets(
  first: readonly Target[],
  again: () => Promise<readonly Target[]>,
): Promise<Checked> {
  const untold = first.filter(({ measured }) => isVoid(measured));
  const told = first.length - untold.length;
  const said = [`${told} of ${first.length} ratios compared with what is known`];
  if (untold.length > 0) said.push(`cannot be told: ${untold.map(({ what }) => what).join('; ')}`);
  const suspects = regressionsAmong(first);
  if (suspects.length === 0) return { passed: told > 0, said };
  said.push(`worse than known: ${suspects.map(described).join('; ')}. Once more.`);
  const second = regressionsAmong(await again());
  const worse = second.filter(({ what }) => suspects.some((suspect) => suspect.what === what));
  said.push(...worse.map((target) => `regression: ${described(target)}`));
  return { passed: worse.length === 0, said };
}

function regressionsAmong(targets: readonly Target[]): Target[] {
  return targets.filter((target) => isRegression(target, CHECK_SLACK));
}

function described({ what, measured, limit, known = limit }: Target): string {
  return `${what} is ${measured.median.toFixed(2)}, known is ${known}`;
}
