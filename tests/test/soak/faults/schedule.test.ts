import { expect } from 'chai';
import { seededRandom } from '../../../../packages/server/test-dist/support/events/random-events.js';
import type { Fault } from './fault.js';
import { schedule } from './schedule.js';

const faults: readonly Fault[] = [3, 1, 2].map((share) => ({
  kind: `of share ${share}`,
  share,
  strike: () => Promise.resolve(),
}));

function dealt(seed: number, count: number): readonly string[] {
  const dealer = schedule(faults, seededRandom(seed));
  return Array.from({ length: count }, () => dealer.next().value.kind);
}

describe('schedule of faults', () => {
  it('has every fault once, then each by its share, and is the same for the same seed', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const kinds = dealt(seed, 9);
      expect(new Set(kinds.slice(0, 3)).size).to.equal(3);
      const round = kinds.slice(3).toSorted();
      expect(round).to.deep.equal(faults.flatMap(({ kind, share }) => Array(share).fill(kind)).toSorted());
      expect(dealt(seed, 9)).to.deep.equal(kinds);
    }
    expect(dealt(1, 30)).not.to.deep.equal(dealt(2, 30));
  });
});
