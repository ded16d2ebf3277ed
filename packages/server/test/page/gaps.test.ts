import { expect } from 'chai';
import { isolated } from '../../page/dist/parts/charts/gaps.js';

describe('gaps in a line', () => {
  it('leave values alone between them, which no line would show', () => {
    expect(isolated([1, null, 2, 3, null, 4])).to.deep.equal([0, 5]);
    expect(isolated([7])).to.deep.equal([0]);
    expect(isolated([1, 2])).to.deep.equal([]);
    expect(isolated([null, undefined])).to.deep.equal([]);
  });
});
