import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalAddress } from '../dist/esm/canonical-address.js';
import { isShortKey, pseudonym, secretKeyOf } from '../dist/esm/ip-hasher.js';

const hashOf = (key: string, address: string): string =>
  pseudonym(secretKeyOf(key), canonicalAddress(address) ?? 'no address');

describe('pseudonym', () => {
  const V4 = '317fe07e1ac9940e8317b616e8b528230172ed88a600c05e193dc71380c1e44c';
  const V6 = 'a867d9f0232ff7ed3c7ab336cabc5601252795e22485fc85a46a28ffa63fcc5f';

  it('is that of every other Cerberus client', () => {
    expect(hashOf('k', '203.0.113.9')).to.equal(V4);
    expect(hashOf('k', '::ffff:203.0.113.9')).to.equal(V4);
    expect(hashOf('k', '2001:DB8:0:0:0:0:0:1')).to.equal(V6);
    expect(hashOf('k', '2001:db8::1')).to.equal(V6);
  });

  it('depends on the key', () => {
    expect(hashOf('another', '203.0.113.9')).to.not.equal(V4);
  });

  it('takes key and text as UTF-8', () => {
    expect(pseudonym(secretKeyOf('schlüssel'), 'zoë')).to.equal(
      pseudonym(secretKeyOf(Buffer.from('schlüssel').toString('utf8')), 'zoë'),
    );
  });

  it('is the HMAC of node:crypto for any key and text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(text, text, (secret, value) => {
        const expected = createHmac('sha256', Buffer.from(secret)).update(value).digest('hex');
        const key = secretKeyOf(secret);
        // Twice: the second one finds what the first one kept.
        return pseudonym(key, value) === expected && pseudonym(key, value) === expected;
      }),
    );
  });

  it('says which keys are short: under 32 bytes, not characters', () => {
    expect(isShortKey(secretKeyOf('x'.repeat(31)))).to.equal(true);
    expect(isShortKey(secretKeyOf('x'.repeat(32)))).to.equal(false);
    expect(isShortKey(secretKeyOf('ü'.repeat(16)))).to.equal(false);
  });

  it('keeps the key where printing does not show it', () => {
    const key = secretKeyOf('canary-secret-key');
    expect(inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key)).to.not.include('canary');
  });
});
