import { expect } from 'chai';
import { added, ratioOfAdded, typical } from '../dist/capture/added.js';

describe('the ratio of what two add', () => {
  const bare = [10, 11, 10, 12, 10, 11];

  it('is what one adds to the bare application by what the other one adds', () => {
    const subject = bare.map((micros) => micros + 5);
    const reference = bare.map((micros) => micros + 20);
    const { median, q1, q3 } = ratioOfAdded({ bare, subject, reference });
    for (const value of [median, q1, q3]) expect(value).to.be.closeTo(0.25, 1e-9);
  });

  it('says how much of it is chance', () => {
    const subject = [12, 30, 13, 12, 29, 12];
    const reference = bare.map((micros) => micros + 20);
    let drawn = 0;
    const random = (): number => ((drawn = (drawn * 16_807 + 12_345) % 2_147_483_647) % 1_000) / 1_000;
    const { median, q1, q3 } = ratioOfAdded({ bare, subject, reference }, random);
    expect(q1).to.be.lessThan(median);
    expect(q3).to.be.greaterThan(median);
  });

  it('is told beside what one adds, which chance blurs as well', () => {
    const { median, q1, q3 } = added({ bare, subject: bare.map((micros) => micros + 5) });
    for (const value of [median, q1, q3]) expect(value).to.be.closeTo(5, 1e-9);
  });

  it('leaves out turns that something else has hit', () => {
    expect(typical([10, 10, 10, 10, 90])).to.equal(10);
  });
});
