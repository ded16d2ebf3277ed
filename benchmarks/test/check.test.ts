import { expect } from 'chai';
import { checkTargets } from '../dist/report/check.js';
import type { Target } from '../dist/report/target.js';

/** A ratio that should be 1 at most; its quartiles lie `spread` apart. */
function target(what: string, median: number, spread = 0): Target {
  const measured = { median, q1: median - spread / 2, q3: median + spread / 2 };
  return { what, bound: 'at most', limit: 1, measured };
}

function never(): Promise<readonly Target[]> {
  throw new Error('it was measured again');
}

describe('the check for regressions', () => {
  it('passes where nothing is worse than the slack, and says what could not be told', async () => {
    const { passed, said } = await checkTargets([target('a', 1.4), target('b', 9, 8)], never);
    expect(passed).to.equal(true);
    expect(said).to.deep.equal(['1 of 2 ratios compared with what is known', 'cannot be told: b']);
  });

  it('fails for what is worse twice, and not for what is worse once', async () => {
    const first = [target('a', 1.6), target('b', 1.6), target('c', 1)];
    const { passed, said } = await checkTargets(first, async () => [
      target('a', 1.7),
      target('b', 1),
      target('c', 2),
    ]);
    expect(passed).to.equal(false);
    expect(said.slice(1)).to.deep.equal([
      'worse than known: a is 1.60, known is 1; b is 1.60, known is 1. Once more.',
      'regression: a is 1.70, known is 1',
    ]);
    expect((await checkTargets(first, async () => [target('c', 2)])).passed).to.equal(true);
  });

  it('fails where nothing was compared at all', async () => {
    expect((await checkTargets([], never)).passed).to.equal(false);
    const { passed, said } = await checkTargets([target('a', NaN), target('b', 2, 2)], never);
    expect(passed).to.equal(false);
    expect(said).to.deep.equal(['0 of 2 ratios compared with what is known', 'cannot be told: a; b']);
  });
});
