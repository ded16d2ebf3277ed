import { expect } from 'chai';

import { isHex } from '../../dist/event/hex-text.js';

describe('isHex', () => {
  it('takes the sixteen digits, in lower case, as many as there are to be', () => {
    expect(isHex('0123456789abcdef', 16)).to.equal(true);
    expect(isHex('0123456789abcde', 16)).to.equal(false);
    expect(isHex('0123456789abcdef0', 16)).to.equal(false);
  });

  it('takes no other UTF-16 unit, wherever it stands', () => {
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const character = String.fromCharCode(unit);
      const is = /^[0-9a-f]$/.test(character);
      expect([
        isHex(`${character}00`, 3),
        isHex(`0${character}0`, 3),
        isHex(`00${character}`, 3),
      ]).to.deep.equal([is, is, is], `U+${unit.toString(16)}`);
    }
  });
});
