import { expect } from 'chai';
import { isVoid, middleMean, ratioOf, spreadOf } from '../dist/harness/statistics.js';

describe('spread', () => {
  it('is median and quartiles, whatever the order', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).to.deep.equal({ median: 3, q1: 2, q3: 4 });
    expect(spreadOf([4, 1])).to.deep.equal({ median: 2.5, q1: 1.75, q3: 3.25 });
  });

  it('of nothing is an error, not a number', () => {
    expect(() => spreadOf([])).to.throw(RangeError);
  });

  it('of a ratio is taken round by round', () => {
    expect(ratioOf([10, 40, 90], [10, 20, 30])).to.deep.equal({ median: 2, q1: 1.5, q3: 2.5 });
    expect(() => ratioOf([1], [1, 2])).to.throw(RangeError);
  });

  it('is void when the rounds lie far apart or are no numbers', () => {
    expect(isVoid({ median: 10, q1: 9, q3: 11 })).to.equal(false);
    expect(isVoid({ median: 10, q1: 8, q3: 12 })).to.equal(true);
    expect(isVoid({ median: NaN, q1: 1, q3: 1 })).to.equal(true);
    expect(isVoid({ median: Infinity, q1: 1, q3: 1 })).to.equal(true);
  });
});

describe('the middle mean', () => {
  it('leaves the lowest and the highest tenth out', () => {
    expect(middleMean([900, 1, 2, 3, 4, 5, 6, 7, 8, -900])).to.equal(4.5);
    expect(middleMean([2, 4])).to.equal(3);
  });
});
