import { expect } from 'chai';
import fc from 'fast-check';
import { jsonString } from '../dist/esm/json-string.js';

describe('JSON string', () => {
  it('is what JSON.stringify writes, for every UTF-16 unit', () => {
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const text = `a${String.fromCharCode(unit)}b`;
      if (jsonString(text) !== JSON.stringify(text)) expect.fail(`unit ${unit.toString(16)}`);
    }
  });

  it('is what JSON.stringify writes, for any text', () => {
    const units = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    });
    fc.assert(
      fc.property(
        fc.oneof(units, fc.string({ unit: 'binary' })),
        (text) => jsonString(text) === JSON.stringify(text),
      ),
      { numRuns: 2000 },
    );
  });
});
