import { expect } from 'chai';
import fc from 'fast-check';

import { shortText } from '../../dist/event/short-text.js';
import { fitText } from '../../dist/event/text-limits.js';

describe('fitText', () => {
  it('leaves a text that fits as it is', () => {
    expect(fitText('héllo', 6)).to.deep.equal({ text: 'héllo', cut: false });
  });

  it('cuts between code points', () => {
    expect(fitText('ab🎉', 5)).to.deep.equal({ text: 'ab', cut: true });
    expect(fitText('ab🎉', 6)).to.deep.equal({ text: 'ab🎉', cut: false });
    expect(fitText('éé', 3)).to.deep.equal({ text: 'é', cut: true });
  });

  it('replaces lone surrogates and NUL', () => {
    expect(fitText('a\ud800b\0c', 100).text).to.equal('a\u{FFFD}b\u{FFFD}c');
  });

  it('takes a byte order mark off the begin, which is no part of the text', () => {
    expect(fitText('\u{FEFF}\u{FEFF}a\u{FEFF}', 100)).to.deep.equal({ text: 'a\u{FEFF}', cut: false });
    expect(shortText('\u{FEFF}1.4.2')).to.equal('1.4.2');
    expect(shortText('\u{FEFF}')).to.equal(undefined);
  });

  it('gives, for any text and limit, a well-formed beginning of it within the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 40 }), (text, limit) => {
        const fitted = fitText(text, limit);
        const clean = text
          .toWellFormed()
          .replaceAll('\0', '\u{FFFD}')
          .replace(/^\u{FEFF}+/u, '');
        expect(Buffer.byteLength(fitted.text)).to.be.at.most(limit);
        expect(clean.startsWith(fitted.text)).to.equal(true);
        expect(fitted.cut).to.equal(fitted.text !== clean);
      }),
    );
  });
});
