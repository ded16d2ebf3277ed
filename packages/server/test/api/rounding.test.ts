import { expect } from 'chai';

import { roundedShare, tidy } from '../../dist/api/rounding.js';

describe('a rounded figure', () => {
  it('is not nothing where it is the share of one request of a million', () => {
    expect(roundedShare(1 / 1_000_000)).to.equal(0.000_001);
  });

  it('has the digits that were measured, of whatever size it is', () => {
    expect(tidy(0.1 + 0.2)).to.equal(0.3);
    expect(tidy(1e-9 / 3)).to.equal(3.33333333333e-10);
  });
});
