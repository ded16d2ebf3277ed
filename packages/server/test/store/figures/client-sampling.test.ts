import { expect } from 'chai';

import { clientSampling } from '../../../dist/store/figures/client-sampling.js';

describe('a sampling of clients', () => {
  it('reads all that few clients, or clients with few requests, have', () => {
    expect(clientSampling([], 10_000_000, 50_000)).to.deep.equal({ whole: 0, share: 0 });
    expect(clientSampling([3, 10, 40_000], 10_000_000, 50_000)).to.deep.equal({ whole: 3, share: 0 });
    expect(clientSampling([1, 2, 3, 300_000], 10_000_000, 50_000)).to.include({ whole: 3 });
  });

  it('reads a part of everybody for those who have many, in which the least of them has 500', () => {
    const fifty = Array.from({ length: 50 }, (_, index) => 7000 + 10 * index);
    expect(clientSampling(fifty, 10_000_000, 50_000)).to.deep.equal({ whole: 0, share: 500 / 7000 });
    const { whole, share } = clientSampling([1, 2, 300, ...fifty], 10_000_000, 50_000);
    expect([whole, share]).to.deep.equal([3, 500 / 7000]);
  });

  it('reads everything at most', () => {
    expect(clientSampling([100, 400, 400, 400], 1500, 10)).to.deep.equal({ whole: 0, share: 1 });
  });
});
