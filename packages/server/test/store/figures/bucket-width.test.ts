import { expect } from 'chai';
import fc from 'fast-check';

import { chooseBucket, parseBucket } from '../../../dist/store/figures/bucket-width.js';

const DAY = 86_400_000;

describe('parseBucket', () => {
  it('reads seconds, minutes, hours and days', () => {
    expect(['1s', '90s', '5m', '2h', '7d', '366d'].map(parseBucket)).to.deep.equal([
      1000,
      90_000,
      300_000,
      7_200_000,
      7 * DAY,
      366 * DAY,
    ]);
  });

  it('does not read anything else', () => {
    for (const text of [
      '',
      '0s',
      '-1m',
      '1',
      'm',
      '1w',
      '1.5h',
      '1 h',
      '01h',
      '1H',
      '367d',
      '9999999s9',
      '1h\n',
    ]) {
      expect(parseBucket(text), JSON.stringify(text)).to.equal(undefined);
    }
  });
});

describe('chooseBucket', () => {
  it('gives a second for an instant and an hour for two days', () => {
    expect(chooseBucket(0)).to.equal(1000);
    expect(chooseBucket(2 * DAY)).to.equal(3_600_000);
  });

  it('gives at most sixty buckets for any span up to five years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1800 * DAY }), (span) => {
        expect(span / chooseBucket(span)).to.be.at.most(60);
      }),
    );
  });
});
