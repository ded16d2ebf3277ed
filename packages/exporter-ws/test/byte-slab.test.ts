import { expect } from 'chai';
import fc from 'fast-check';
import { ByteSlab } from '../dist/esm/byte-slab.js';

describe('byte slab', () => {
  it('keeps every text as its UTF-8, whatever comes after it', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 400 }), { maxLength: 300 });
    fc.assert(
      fc.property(texts, (all) => {
        const slab = new ByteSlab();
        const encoded = all.map((text) => slab.encode(text));
        expect(encoded.map(String)).to.deep.equal(all);
      }),
      { numRuns: 50 },
    );
  });

  it('begins a new block before one overflows', () => {
    const slab = new ByteSlab();
    const texts = Array.from({ length: 200 }, (_, index) => '€'.repeat(1000 + index));
    const encoded = texts.map((text) => slab.encode(text));
    expect(encoded.map(String)).to.deep.equal(texts);
    expect(new Set(encoded.map(({ buffer }) => buffer)).size).to.be.greaterThan(5);
  });

  it('gives a text that is too long for a block memory of its own', () => {
    const long = 'ü'.repeat(100_000);
    const slab = new ByteSlab();
    expect(slab.encode(long).toString()).to.equal(long);
    expect(slab.encode('short').toString()).to.equal('short');
  });
});
