import { expect } from 'chai';
import fc from 'fast-check';

import { formatTime, MAX_TIME_MILLIS, parseRfc3339, parseTime } from '../../dist/event/timestamps.js';

describe('parseRfc3339', () => {
  const noon = Date.UTC(2025, 2, 1, 12);
  const valid: Record<string, number> = {
    '2025-03-01T12:00:00Z': noon,
    '2025-03-01t12:00:00z': noon,
    '2025-03-01 12:00:00Z': noon,
    '2025-03-01T12:00:00.5Z': noon + 500,
    '2025-03-01T12:00:00.123456789Z': noon + 123,
    '2025-03-01T12:00:00.123456+00:00': noon + 123,
    '2025-03-01T14:00:00+02:00': noon,
    '2025-03-01T14:00:00+0200': noon,
    '2025-03-01T06:30:00-05:30': noon,
    '2025-03-01T12:00:00': noon,
    '1970-01-01T00:00:00Z': 0,
    '9999-12-31T23:59:59.999Z': MAX_TIME_MILLIS,
    '2024-02-29T12:00:00.000Z': Date.UTC(2024, 1, 29, 12),
    '2025-01-31T23:30:00-01:00': Date.UTC(2025, 1, 1, 0, 30),
  };
  for (const [text, millis] of Object.entries(valid)) {
    it(`reads ${text}`, () => {
      expect(parseRfc3339(text)).to.equal(millis);
    });
  }

  const invalid = [
    '',
    '2025-03-01',
    '2025-03-01T12:00Z',
    '2025-13-01T12:00:00Z',
    '2025-02-29T12:00:00.000Z',
    '2025-02-30T12:00:00+01:00',
    '2025-04-31T12:00:00Z',
    '2100-02-29T12:00:00Z',
    '2025-03-01T25:00:00Z',
    '2025-03-01T12:00:00.Z',
    '2025-03-01T12:00:00 +02:00',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00+01:00',
    '1740830400000',
    'Sat, 01 Mar 2025 12:00:00 GMT',
    ' 2025-03-01T12:00:00Z',
    '2025-03-01T12:00:00Z\n',
    '+010000-01-01T00:00:00Z',
  ];
  for (const text of invalid) {
    it(`does not read ${JSON.stringify(text)}`, () => {
      expect(parseRfc3339(text)).to.equal(undefined);
    });
  }

  it('reads back whatever formatTime wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_TIME_MILLIS }), (millis) => {
        expect(parseRfc3339(formatTime(millis))).to.equal(millis);
        expect(parseTime(String(millis))).to.equal(millis);
      }),
    );
  });
});

describe('parseTime', () => {
  for (const text of ['', '-1', '1e3', '1.5', '0x10', '253402300800000', '9'.repeat(16), 'NaN']) {
    it(`does not read ${JSON.stringify(text)}`, () => {
      expect(parseTime(text)).to.equal(undefined);
    });
  }
});
