import { expect } from 'chai';
import fc from 'fast-check';

import { CUSTOM_DATA_LIMITS, fitCustomData } from '../../dist/event/custom-data.js';

describe('fitCustomData', () => {
  it('writes metrics of every JSON type', () => {
    const members = { n: 1.5, t: 'x', b: false, z: null, list: [1, 'a'], nested: { deep: [{}] } };
    expect(fitCustomData(members)).to.deep.equal({ json: JSON.stringify(members), dropped: 0 });
  });

  it('writes an empty object for no metrics', () => {
    expect(fitCustomData({})).to.deep.equal({ json: '{}', dropped: 0 });
  });

  it('leaves out the metrics beyond the limit of their number', () => {
    const members = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`m${index}`, index]));
    const { json, dropped } = fitCustomData(members);
    expect(dropped).to.equal(2);
    expect(Object.keys(JSON.parse(json) as object)).to.have.length(CUSTOM_DATA_LIMITS.metrics);
  });

  it('leaves out a metric that is too large and keeps those around it', () => {
    const { json, dropped } = fitCustomData({ a: 1, large: 'x'.repeat(20_000), b: 2 });
    expect([json, dropped]).to.deep.equal(['{"a":1,"b":2}', 1]);
  });

  it('leaves out a metric whose name is too long', () => {
    expect(fitCustomData({ ['é'.repeat(129)]: 1, ok: 2 })).to.deep.equal({ json: '{"ok":2}', dropped: 1 });
  });

  it('leaves out a metric without a name, which nobody could ask for', () => {
    expect(fitCustomData({ '': 1, ok: 2 })).to.deep.equal({ json: '{"ok":2}', dropped: 1 });
  });

  it('takes a byte order mark off the name of a metric, which no database keeps there, and keeps one of a name', () => {
    const members = { '\u{FEFF}items': 1, items: 2, '\u{FEFF}': 3, 'a\0': 4, 'a\ud800': 5, ok: '\u{FEFF}x' };
    const json = '{"items":1,"a\u{FFFD}":4,"ok":"\u{FEFF}x"}';
    expect(fitCustomData(members)).to.deep.equal({ json, dropped: 3 });
  });

  it('leaves out a number that does not add up with others', () => {
    for (const large of [1e301, -Number.MAX_VALUE, JSON.parse('1e999')])
      expect(fitCustomData({ large, ok: -1e300 })).to.deep.equal({ json: '{"ok":-1e+300}', dropped: 1 });
  });

  it('leaves out a metric that is nested too deep to be written', () => {
    const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
    expect(fitCustomData({ deep, ok: 2 })).to.deep.equal({ json: '{"ok":2}', dropped: 1 });
  });

  it('treats __proto__ as a name like any other', () => {
    const members = JSON.parse('{"__proto__":{"x":1}}') as object;
    expect(fitCustomData(members).json).to.equal('{"__proto__":{"x":1}}');
  });

  it('replaces escapes of lone surrogates and of NUL, and nothing that only looks like one', () => {
    const { json } = fitCustomData({
      lone: 'a\ud800b\udc00',
      'a\0b': '\0',
      text: '\\ud800 \\\\ud800 \\u0000',
      pair: '🎉',
      line: '\n"',
    });
    expect(JSON.parse(json)).to.deep.equal({
      lone: 'a\u{FFFD}b\u{FFFD}',
      'a\u{FFFD}b': '\u{FFFD}',
      text: '\\ud800 \\\\ud800 \\u0000',
      pair: '🎉',
      line: '\n"',
    });
  });

  it('writes, for any JSON object, well-formed JSON within the limits that holds the same values', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (members) => {
        const { json, dropped } = fitCustomData(members);
        const read = JSON.parse(json) as Record<string, unknown>;
        expect(json.isWellFormed()).to.equal(true);
        expect(Buffer.byteLength(json)).to.be.at.most(CUSTOM_DATA_LIMITS.bytes);
        if (
          dropped > 0 ||
          !JSON.stringify(members).isWellFormed() ||
          /\\u(?:d|0000)/.test(JSON.stringify(members))
        )
          return;
        expect(JSON.stringify(read)).to.equal(JSON.stringify(JSON.parse(JSON.stringify(members))));
      }),
    );
  });
});
