import { BlockList, isIPv6 } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalAddress } from '../../dist/esm/enrich/canonical-address.js';
import { Networks } from '../../dist/esm/enrich/networks.js';

const v4 = fc
  .array(fc.oneof(fc.constantFrom(0, 10, 127, 128, 192, 255), fc.nat(255)), { minLength: 4, maxLength: 4 })
  .map((bytes) => bytes.join('.'));
const group = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0xfe80, 0xfc00, 0x2001), fc.nat(0xffff));
const v6 = fc.oneof(
  fc
    .array(group, { minLength: 8, maxLength: 8 })
    .map((groups) => groups.map((each) => each.toString(16)).join(':')),
  v4.map((address) => `::ffff:${address}`),
  fc.constantFrom('::', '::1', '::ffff:0:0', '::fffe:0:0'),
);
const network = fc.oneof(
  fc.record({ address: v4, prefix: fc.option(fc.nat(32), { nil: undefined }) }),
  fc.record({ address: v6, prefix: fc.option(fc.nat(128), { nil: undefined }) }),
);

describe('networks', () => {
  it("have what Node's BlockList has", () => {
    fc.assert(
      fc.property(
        fc.array(network, { maxLength: 3 }),
        fc.array(fc.oneof(v4, v6), { minLength: 1 }),
        (all, addresses) => {
          const networks = new Networks();
          const list = new BlockList();
          for (const { address, prefix } of all) {
            networks.add(address, prefix);
            const family = isIPv6(address) ? 'ipv6' : 'ipv4';
            list.addSubnet(address, prefix ?? (family === 'ipv6' ? 128 : 32), family);
          }
          const asked = [...addresses, ...all.map(({ address }) => address)];
          for (const canonical of asked.map((address) => canonicalAddress(address) ?? '')) {
            const known = list.check(canonical, isIPv6(canonical) ? 'ipv6' : 'ipv4');
            expect(networks.has(canonical), canonical).to.equal(known);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
