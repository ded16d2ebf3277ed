import { expect } from 'chai';

import { parseMessage } from '../../dist/receive/message-json.js';

describe('what a sender wrote', () => {
  it('is read as JSON', () => {
    expect(parseMessage('{"a":[1,"NaN"],"Infinity":null}')).to.deep.equal({ a: [1, 'NaN'], Infinity: null });
  });

  it('has infinite numbers where Python writes those that are none, and texts as they are', () => {
    expect(
      parseMessage(String.raw`{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN \" Infinity \\","NaN":1}`),
    ).to.deep.equal({
      a: Infinity,
      b: [Infinity, -Infinity],
      c: 'NaN " Infinity \\',
      NaN: 1,
    });
  });

  it('is refused where it is no JSON even so', () => {
    for (const text of [
      'NaNa',
      '{"a":NaN',
      '{NaN:1}',
      '{"a":"NaN}',
      '{"a":1}NaN',
      '"NaN\\',
      'nan',
      '{"a":+NaN}',
    ])
      expect(() => parseMessage(text), text).to.throw(SyntaxError);
  });

  it('is read in a time that grows with its length, whatever is in it', () => {
    const millisOf = (pairs: number): number => {
      const text = `NaN"${String.raw`\"`.repeat(pairs)}`;
      const start = process.cpuUsage();
      expect(() => parseMessage(text)).to.throw(SyntaxError);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    millisOf(1000);
    // Of a square it would be 4,096 times as much.
    expect(millisOf(640_000)).to.be.below(500 * Math.max(1, millisOf(10_000)));
  });
});
