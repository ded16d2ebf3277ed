import { expect } from 'chai';
import fc from 'fast-check';

import { keysOf } from '../../../dist/store/figures/client-keys.js';

const digits = (count: { readonly minLength: number; readonly maxLength: number }): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789abcdef'.split('')), count).map((each) => each.join(''));

describe('the keys of a prefix', () => {
  it('are those of all pseudonyms that begin so, and of no others', () => {
    fc.assert(
      fc.property(
        digits({ minLength: 1, maxLength: 16 }),
        digits({ minLength: 64, maxLength: 64 }),
        fc.boolean(),
        (prefix, random, isMade) => {
          const pseudonym = isMade ? prefix + random.slice(prefix.length) : random;
          const key = BigInt(`0x${pseudonym.slice(0, 16)}`);
          const { first, last } = keysOf(prefix);
          expect(key >= first && key <= last).to.equal(pseudonym.startsWith(prefix));
        },
      ),
    );
  });

  it('are one key, of the first sixteen digits, where the prefix has more', () => {
    fc.assert(
      fc.property(digits({ minLength: 16, maxLength: 64 }), (prefix) => {
        const key = BigInt(`0x${prefix.slice(0, 16)}`);
        expect(keysOf(prefix)).to.deep.equal({ first: key, last: key });
      }),
    );
  });
});
