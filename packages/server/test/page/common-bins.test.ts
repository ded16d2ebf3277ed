import { expect } from 'chai';

import { commonBins, type Bar } from '../../page/dist/parts/charts/common-bins.js';

/** Bars that double. */
function bars(begin: number, ...counts: readonly number[]): readonly Bar[] {
  return counts.map((count, index) => ({ from: begin * 2 ** index, to: begin * 2 ** (index + 1), count }));
}

const spans = (each: readonly Bar[]): unknown => each.map(({ from, to }) => [from, to]);

describe('bars of two distributions', () => {
  it('are as they are where there is no other', () => {
    expect(commonBins(bars(1, 3, 0, 4), [])).to.deep.equal(bars(1, 3, 0, 4));
  });

  it('lie over the same values on both sides, each with its own counts', () => {
    const [one, other] = [bars(2, 3, 1), bars(4, 5, 6)];
    expect(commonBins(one, other)).to.deep.equal(bars(2, 3, 1, 0));
    expect(commonBins(other, one)).to.deep.equal(bars(2, 0, 5, 6));
  });

  it('have empty ones between them where they do not touch', () => {
    const [low, high] = [bars(1, 1), bars(16, 2)];
    expect(commonBins(low, high)).to.deep.equal(bars(1, 1, 0, 0, 0, 0));
    expect(spans(commonBins(high, low))).to.deep.equal(spans(commonBins(low, high)));
    const first = { from: 0, to: 1, count: 7 };
    expect(commonBins([first], bars(4, 1))).to.deep.equal([first, ...bars(1, 0, 0, 0)]);
  });

  it('are not doubled by numbers that are rounded', () => {
    const rounded = bars(1.2345, 1, 1).map((bar) => ({ ...bar, from: Number(bar.from.toPrecision(3)) }));
    expect(commonBins(rounded, bars(9.876, 1))).to.have.length(4);
  });
});
