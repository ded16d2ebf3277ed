import { expect } from 'chai';

import { middles } from '../../page/dist/parts/charts/middles.js';

describe('the middles of buckets', () => {
  it('stay within the range that its first and last bucket reach beyond', () => {
    const series = [0, 60_000, 120_000].map((millis) => ({ start: new Date(millis).toISOString() }));
    expect(middles(series, 60_000, { since: 40_000, until: 122_000 })).to.deep.equal([50, 90, 121]);
  });
});
