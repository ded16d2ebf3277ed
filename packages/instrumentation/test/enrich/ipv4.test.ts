import { isIPv4 as isNodesIPv4 } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { ipv4Bits, isIPv4 } from '../../dist/esm/enrich/ipv4.js';

const number = fc.oneof(
  fc.nat(300).map(String),
  fc.constantFrom('', '0', '00', '01', '255', '256', '/', '2/', ':', '2:', '1e1', '+1', ' 1', '٣', '0x1'),
);

describe('an IPv4 address', () => {
  it("is what Node's isIPv4 takes for one", () => {
    const almost = fc.array(number, { minLength: 1, maxLength: 6 }).map((numbers) => numbers.join('.'));
    const texts = fc.oneof(fc.ipV4(), almost, fc.string({ unit: 'binary' }), fc.ipV6());
    fc.assert(
      fc.property(texts, (text) => {
        expect(isIPv4(text), text).to.equal(isNodesIPv4(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('has bits in the order of its numbers', () => {
    expect(ipv4Bits('1.2.3.4')).to.equal(0x01_02_03_04);
    expect(ipv4Bits('255.255.255.254')).to.equal(-2);
    expect(ipv4Bits('0.0.0.0')).to.equal(0);
  });
});
