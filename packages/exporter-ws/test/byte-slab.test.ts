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

  it('holds no more memory for texts of which few are kept than for these', () => {
    const slab = new ByteSlab();
    const kept: Buffer[] = [];
    for (let index = 0; index < 20_000; index += 1) {
      const text = slab.encode(`${index}:${'x'.repeat(400)}`);
      if (index % 100 === 0) kept.push(text);
      else slab.takeBack(text);
    }
    const blocks = new Set(kept.map(({ buffer }) => buffer));
    expect(blocks.size * 64 * 1024).to.be.at.most(4 * kept.length * 405);
    expect(kept.map((text) => text.toString().split(':')[0])).to.deep.equal(
      kept.map((_, index) => String(index * 100)),
    );
  });

  it('takes back only what was encoded last, and only what is its own', () => {
    const slab = new ByteSlab();
    const [first, second] = [slab.encode('first'), slab.encode('second')];
    slab.takeBack(first);
    slab.takeBack(Buffer.from('second'));
    expect([first, second, slab.encode('third')].map(String)).to.deep.equal(['first', 'second', 'third']);
  });
});
