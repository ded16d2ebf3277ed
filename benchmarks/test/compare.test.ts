import { expect } from 'chai';
import { ratioOfAdded, typical } from '../dist/compare/statistics.js';

describe('the ratio of what two add', () => {
  const bare = [10, 11, 10, 12, 10, 11];

  it('is what one adds to the bare application by what the other one adds', () => {
    const subject = bare.map((micros) => micros + 5);
    const reference = bare.map((micros) => micros + 20);
    const { ratio, low, high } = ratioOfAdded({ bare, subject, reference });
    for (const value of [ratio, low, high]) expect(value).to.be.closeTo(0.25, 1e-9);
  });

  it('says how much of it is chance', () => {
    const subject = [12, 30, 13, 12, 29, 12];
    const reference = bare.map((micros) => micros + 20);
    let drawn = 0;
    const random = (): number => ((drawn = (drawn * 16_807 + 12_345) % 2_147_483_647) % 1_000) / 1_000;
    const { ratio, low, high } = ratioOfAdded({ bare, subject, reference }, random);
    expect(low).to.be.lessThan(ratio);
    expect(high).to.be.greaterThan(ratio);
  });

  it('leaves out turns that something else has hit', () => {
    expect(typical([10, 10, 10, 10, 90])).to.equal(10);
  });
});
