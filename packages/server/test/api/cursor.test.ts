import { expect } from 'chai';
import fc from 'fast-check';

import { formatCursor, parseCursor } from '../../dist/api/cursor.js';
import { MAX_TIME_MILLIS } from '../../dist/event/timestamps.js';

describe('a cursor', () => {
  it('comes back as the place that it stands for, and fits a URL as it is', () => {
    fc.assert(
      fc.property(fc.nat(MAX_TIME_MILLIS), fc.integer({ min: 1, max: 1e14 }), (time, id) => {
        const cursor = formatCursor({ time, id });
        expect(cursor).to.match(/^[\w-]+$/);
        expect(parseCursor(cursor)).to.deep.equal({ time, id });
      }),
    );
  });

  it('is nothing but what was given out', () => {
    fc.assert(fc.property(fc.string(), (text) => parseCursor(text) === undefined));
    for (const inner of ['2:1:1', '1:1', '1:-1:1', '1:1:1:1', '1:1e3:1', `1:${'9'.repeat(16)}:1`]) {
      expect(parseCursor(Buffer.from(inner).toString('base64url')), inner).to.equal(undefined);
    }
  });
});
