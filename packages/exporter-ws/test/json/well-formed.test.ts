import { expect } from 'chai';
import fc from 'fast-check';
import { wellFormed } from '../../dist/esm/json/well-formed.js';

describe('well-formed text', () => {
  it('keeps what fits, to the byte', () => {
    expect(wellFormed('abc', 3)).to.equal('abc');
    expect(wellFormed('äb', 3)).to.equal('äb');
    expect(wellFormed('', 3)).to.equal('');
  });

  it('cuts between code points', () => {
    expect(wellFormed('ab😀', 5)).to.equal('ab');
    expect(wellFormed('ab😀', 6)).to.equal('ab😀');
    expect(wellFormed('€€', 4)).to.equal('€');
    expect(wellFormed('x'.repeat(5_000_000), 1024)).to.have.length(1024);
  });

  it('replaces lone surrogates', () => {
    expect(wellFormed('a\ud800b', 100)).to.equal('a\ufffdb');
    expect(wellFormed('\udc00', 3)).to.equal('\ufffd');
  });

  it('is valid, within the limit and a prefix, for any text and limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
        const result = wellFormed(text, limit);
        return (
          result.isWellFormed() &&
          Buffer.byteLength(result) <= limit &&
          text.toWellFormed().startsWith(result)
        );
      }),
    );
  });
});
