import { expect } from 'chai';
import { isolated } from '../../page/dist/parts/isolated-points.js';

describe('isolated points', () => {
  it('are values between gaps or ends, which no line would show', () => {
    expect(isolated([1, null, 2, 3, null, 4])).to.deep.equal([0, 5]);
    expect(isolated([7])).to.deep.equal([0]);
    expect(isolated([1, 2])).to.deep.equal([]);
    expect(isolated([null, undefined])).to.deep.equal([]);
  });
});
