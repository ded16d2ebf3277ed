import { expect } from 'chai';
import fc from 'fast-check';
import { equalJitter, fullJitter } from '../../dist/esm/transport/backoff.js';

const limits = { initialMillis: 1_000, maxMillis: 30_000 };

describe('backoff', () => {
  it('doubles the interval with each attempt up to the maximum', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) => fullJitter(attempt, limits, 1))).to.deep.equal([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('spreads the wait over the whole interval', () => {
    expect(fullJitter(2, limits, 0)).to.equal(1);
    expect(fullJitter(2, limits, 0.25)).to.equal(1_000);
    expect(fullJitter(2, limits, 0.5)).to.equal(2_000);
  });

  it('gives a timer-safe whole number for any attempt and chance', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const millis = fullJitter(attempt, limits, random);
          return Number.isInteger(millis) && millis >= 1 && millis <= 30_000;
        },
      ),
    );
  });

  it('never waits less than half of the interval with equal jitter', () => {
    expect(equalJitter(3, limits, 0)).to.equal(4_000);
    expect(equalJitter(3, limits, 1)).to.equal(8_000);
  });
});
