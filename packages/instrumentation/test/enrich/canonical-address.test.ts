import { SocketAddress } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalAddress } from '../../dist/esm/enrich/canonical-address.js';

describe('canonicalAddress', () => {
  const same: Record<string, readonly string[]> = {
    '203.0.113.9': [
      '203.0.113.9',
      ' 203.0.113.9 ',
      '203.0.113.9:5678',
      '::ffff:203.0.113.9',
      '::FFFF:203.0.113.9',
      '::ffff:cb00:7109',
      '0:0:0:0:0:ffff:203.0.113.9',
      '[::ffff:203.0.113.9]:443',
      '::ffff:203.0.113.9%eth0',
    ],
    '2001:db8::1': [
      '2001:db8::1',
      '2001:DB8:0:0:0:0:0:1',
      '2001:0db8:0000:0000:0000:0000:0000:0001',
      '[2001:DB8::1]',
      '[2001:DB8::1]:443',
      '2001:db8::0.0.0.1',
    ],
    'fe80::1': ['fe80::1%eth0', '[fe80::1%25eth0]:80', 'FE80::1'],
    '::': ['::', '0:0:0:0:0:0:0:0', '[::]:1'],
    '::1': ['::1', '0::1', ' ::1 '],
    '::102:304': ['::1.2.3.4', '::102:304'],
    '2001:db8:0:1:1:1:1:1': ['2001:db8:0:1:1:1:1:1'],
    '2001:0:0:1::1': ['2001:0:0:1:0:0:0:1'],
    '2001:db8::1:0:0:1': ['2001:db8:0:0:1:0:0:1'],
    '1::': ['1:0:0:0:0:0:0:0', '1::0'],
  };
  for (const [canonical, spellings] of Object.entries(same)) {
    for (const spelling of spellings) {
      it(`reads ${JSON.stringify(spelling)} as ${canonical}`, () => {
        expect(canonicalAddress(spelling)).to.equal(canonical);
      });
    }
  }

  const noAddress = [
    '',
    ' ',
    'unknown',
    '_hidden',
    'localhost',
    '<script>alert(1)</script>',
    '1',
    '127.1',
    '0x7f.1',
    '010.0.0.1',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.4:port',
    '[1.2.3.4]:80',
    '[2001:db8::1',
    '2001:db8::1]:80',
    '[2001:db8::1]x',
    '2001:db8::1::2',
    'evil@9.9.9.9',
    '1.2.3.4\r\nX: y',
    `1.2.3.4${' '.repeat(200)}x`,
    '9'.repeat(10_000),
  ];
  for (const text of noAddress) {
    it(`takes ${JSON.stringify(text.slice(0, 40))} for no address`, () => {
      expect(canonicalAddress(text)).to.equal(undefined);
    });
  }

  it('agrees with the operating system on every IPv6 address but the IPv4-like ones', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const text = groups.map((each) => each.toString(16)).join(':');
        const theirs = new SocketAddress({ address: text, family: 'ipv6' }).address;
        if (!theirs.includes('.')) expect(canonicalAddress(text)).to.equal(theirs);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves its own result as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const canonical = canonicalAddress(text);
        expect(canonical).to.be.a('string');
        expect(canonicalAddress(canonical ?? '')).to.equal(canonical);
      }),
    );
  });

  it('never throws, and gives nothing but addresses, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const canonical = canonicalAddress(text);
        if (canonical !== undefined) expect(canonical).to.match(/^[0-9a-f.:]+$/);
      }),
    );
  });
});
