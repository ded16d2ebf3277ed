import { expect } from 'chai';

import { filledBins, linearBin, linearBins } from '../../../dist/store/figures/linear-bins.js';

const binned = (values: readonly number[]): readonly { from: number; to: number; count: number }[] => {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const bins = linearBins(min, max);
  const counts = new Map<number, number>();
  for (const value of values)
    counts.set(linearBin(bins, value), (counts.get(linearBin(bins, value)) ?? 0) + 1);
  return filledBins(bins, max, counts);
};
const whole = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('bins of equal width', () => {
  for (const [from, to] of [
    [0, 29],
    [1, 6],
    [-7, 52],
    [0, 1000],
    [3, 47],
  ] as const) {
    it(`hold as many whole numbers each from ${from} to ${to}, but for the last`, () => {
      const bins = binned(whole(from, to));
      const counts = bins.map(({ count }) => count);
      expect(new Set(counts.slice(0, -1)).size).to.equal(1);
      expect(counts.at(-1)).to.be.within(1, counts[0] ?? 0);
      expect(bins).to.have.length.within(5, 20);
      expect([bins[0]?.from, bins.at(-1)?.to]).to.deep.equal([from, to]);
      for (const [index, bin] of bins.slice(1).entries()) expect(bin.from).to.equal(bins[index]?.to);
    });
  }

  it('are twenty between numbers that are not whole, and one for one number or for what is astronomic', () => {
    expect(binned([0.5, 1, 7, 9.25])).to.have.length(20);
    expect(binned([0, 1])).to.have.length(20);
    expect(binned([3, 3])).to.deep.equal([{ from: 3, to: 3, count: 2 }]);
    expect(binned([-1e308, 1e308]).reduce((sum, { count }) => sum + count, 0)).to.equal(2);
  });
});
