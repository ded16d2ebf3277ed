import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalAddress } from '../../dist/esm/enrich/canonical-address.js';
import { isShortKey, pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';

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

  const nodesHmac = (secret: string, value: string): string =>
    crypto.createHmac('sha256', Buffer.from(secret)).update(value).digest('hex');

  it('takes key and text as UTF-8', () => {
    expect(pseudonym(secretKeyOf('schlüssel'), 'zoë')).to.equal(nodesHmac('schlüssel', 'zoë'));
  });

  it('is the HMAC of node:crypto for any key and text', () => {
    const key = fc.string({ unit: 'binary', maxLength: 150 });
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 70 }),
      fc.string({ unit: 'binary', maxLength: 300 }),
    );
    fc.assert(
      fc.property(key, text, text, (secret, value, another) => {
        const made = secretKeyOf(secret);
        // The second one finds what the first one kept and left behind.
        return [value, another, value].every((each) => pseudonym(made, each) === nodesHmac(secret, each));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the HMAC of node:crypto for texts and keys of every length around a block', () => {
    for (let length = 0; length <= 130; length += 1) {
      const text = 'f'.repeat(length);
      expect(pseudonym(secretKeyOf('k'), text)).to.equal(nodesHmac('k', text));
      expect(pseudonym(secretKeyOf(text), '192.0.2.1')).to.equal(nodesHmac(text, '192.0.2.1'));
    }
  });

  it('leaves hashing to OpenSSL where only certified code may hash', () => {
    const { createHmac, getFips } = crypto;
    let calls = 0;
    crypto.getFips = () => 1;
    crypto.createHmac = (...args) => {
      calls += 1;
      return createHmac(...args);
    };
    syncBuiltinESMExports();
    try {
      expect(hashOf('k', '203.0.113.9')).to.equal(V4);
    } finally {
      crypto.createHmac = createHmac;
      crypto.getFips = getFips;
      syncBuiltinESMExports();
    }
    expect(calls).to.equal(1);
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
