import { expect } from 'chai';
import fc from 'fast-check';
import { writeMillis, writeTimestamp } from '../../dist/esm/json/span-time.js';
import { written } from '../support/written.js';

const timestamp = (seconds: number, nanos: number): unknown =>
  JSON.parse(written((out) => writeTimestamp(out, [seconds, nanos])));
const millis = (seconds: number, nanos: number): unknown =>
  JSON.parse(written((out) => writeMillis(out, [seconds, nanos])));

describe('times of a span', () => {
  it('are written in UTC with milliseconds, whatever came before', () => {
    expect([
      timestamp(1_700_000_000, 0),
      timestamp(1_700_000_000, 999_999_999),
      timestamp(1_700_000_001, 7_000_000),
      timestamp(0, 1),
      timestamp(1_700_000_000, 5e6),
      timestamp(1_700_000_000, 2.5e9),
    ]).to.deep.equal([
      '2023-11-14T22:13:20.000Z',
      '2023-11-14T22:13:20.999Z',
      '2023-11-14T22:13:21.007Z',
      '1970-01-01T00:00:00.000Z',
      '2023-11-14T22:13:20.005Z',
      '2023-11-14T22:13:22.500Z',
    ]);
  });

  it('have at most three decimals as durations', () => {
    expect([
      millis(0, 12_345_678),
      millis(0, 1_000),
      millis(0, 499),
      millis(3, 50_000),
      millis(0, 0),
    ]).to.deep.equal([12.346, 0.001, 0, 3000.05, 0]);
    expect(millis(-1, 0)).to.equal(-1000);
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(999_999_999),
        (seconds, nanos) => millis(seconds, nanos) === Math.round(seconds * 1e6 + nanos / 1e3) / 1e3,
      ),
    );
  });

  it('are JSON also when somebody took nanoseconds for milliseconds', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e9, max: 1e22, noNaN: true }), fc.nat(999_999_999), (seconds, nanos) => {
        const whole = Math.floor(seconds);
        expect(millis(whole, nanos)).to.be.closeTo(whole * 1e3 + nanos / 1e6, whole * 1e-9);
      }),
    );
  });

  it('are refused when they are none', () => {
    expect(() => timestamp(NaN, 0)).to.throw(RangeError);
    expect(() => timestamp(0, NaN)).to.throw(RangeError);
    expect(() => timestamp(Infinity, 0)).to.throw(RangeError);
    expect(() => millis(NaN, 0)).to.throw(RangeError);
    expect(() => millis(0, Infinity)).to.throw(RangeError);
  });
});
