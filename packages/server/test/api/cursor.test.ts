import { expect } from 'chai';
import fc from 'fast-check';

import { formatCursor, parseCursor } from '../../dist/api/cursor.js';
import { MAX_TIME_MILLIS } from '../../dist/event/timestamps.js';

const anyId = fc.integer({ min: 1, max: 1e14 });
const anyPlace = fc.oneof(
  fc.record({ order: fc.constantFrom('newest', 'oldest'), value: fc.nat(MAX_TIME_MILLIS), id: anyId }),
  fc.record({ order: fc.constant('largest'), value: fc.nat(2 ** 31 - 1).map((n) => n * 2 ** 20), id: anyId }),
  fc.record({
    order: fc.constant('slowest'),
    value: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    id: anyId,
  }),
);

describe('a cursor', () => {
  it('comes back as the place that it stands for, and fits a URL as it is', () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        const cursor = formatCursor(place);
        expect(cursor).to.match(/^[\w-]+$/);
        expect(parseCursor(cursor)).to.deep.equal(place);
      }),
    );
  });

  it('is nothing but what was given out', () => {
    fc.assert(fc.property(fc.string(), (text) => parseCursor(text) === undefined));
    const wrong = [
      '1:1:1',
      '2:1:1',
      '2:newest:1',
      '2:newest:-1:1',
      '2:best:1:1',
      '2:newest:1:1:1',
      '2:newest:1.5:1',
    ];
    for (const inner of [...wrong, '2:slowest:1e999:1', `2:newest:1:${'9'.repeat(16)}`]) {
      expect(parseCursor(Buffer.from(inner).toString('base64url')), inner).to.equal(undefined);
    }
  });
});
