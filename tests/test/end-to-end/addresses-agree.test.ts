// The server reads addresses and `trustProxy` as the instrumentation does, though it shares no code with it.
import { expect } from 'chai';
import fc from 'fast-check';
import type { IncomingMessage } from 'node:http';
import { findClient } from '../../../packages/instrumentation/dist/esm/enrich/client-address.js';
import { pseudonym, secretKeyOf } from '../../../packages/instrumentation/dist/esm/enrich/ip-hasher.js';
import {
  compileTrust,
  trustProxyOption,
  type TrustProxy,
} from '../../../packages/instrumentation/dist/esm/enrich/trust-proxy.js';
import { createClientAddress } from '../../../packages/server/dist/addresses/client-address.js';
import { pseudonymOf } from '../../../packages/server/dist/addresses/pseudonym.js';
import { createSpanAddress } from '../../../packages/server/dist/addresses/span-address.js';
import { parseTrustProxy } from '../../../packages/server/dist/addresses/trusted-proxies.js';

const OPTIONS: readonly TrustProxy[] = [
  false,
  0,
  1,
  2,
  [],
  ['loopback'],
  ['uniquelocal', '::1'],
  ['10.0.0.0/8', '2001:db8::/32', '::ffff:192.0.2.1'],
];

const anyAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((address) => `10.${address.split('.').slice(1).join('.')}`),
  fc.ipV4().map((address) => `::ffff:${address}`),
  fc.constantFrom(
    '127.0.0.1',
    '::1',
    '192.0.2.1',
    '2001:DB8::1',
    '[2001:db8::2]:443',
    '10.1.2.3:80',
    'fe80::1%eth0',
  ),
);
const anyHop = fc.oneof(
  { weight: 5, arbitrary: anyAddress },
  fc.constantFrom(
    '',
    'unknown',
    '_hidden',
    '<script>',
    '1.2.3',
    ' 10.0.0.1 ',
    '[10.0.0.1]:1',
    'x'.repeat(200),
  ),
);

describe('the server and the instrumentation', () => {
  it('find the same client behind the same proxies', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPTIONS),
        anyAddress,
        fc.array(anyHop, { maxLength: 60 }),
        (option, peer, hops) => {
          const header = hops.join(',');
          const message = { socket: { remoteAddress: peer }, headers: { 'x-forwarded-for': header } };
          const origin = {
            peer,
            unixSocket: false,
            encrypted: false,
            xForwardedFor: header,
            xForwardedProto: '',
            forwarded: '',
          };
          const { address } = findClient(origin, compileTrust(option), 'x-forwarded-for');
          expect(createClientAddress(option)(message as unknown as IncomingMessage)).to.equal(address ?? '');
          const attributes = {
            'network.peer.address': peer,
            'http.request.header.x-forwarded-for': [header],
          };
          expect(createSpanAddress(option, 'peer')(attributes)).to.equal(address);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('make the same pseudonym of an address', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), anyAddress, (key, address) => {
        expect(pseudonymOf(address, key)).to.equal(pseudonym(secretKeyOf(key), address));
      }),
    );
  });

  it('take the same values of trustProxy from the environment', () => {
    const option = trustProxyOption();
    for (const text of [
      'false',
      'no',
      '0',
      '1',
      '50',
      '51',
      'true',
      'yes',
      'loopback',
      '10.0.0.0/8, ::1,',
      '10.0.0.0/33',
      'x',
      '-1',
    ]) {
      expect(parseTrustProxy(text), text).to.deep.equal(
        accepted(() => option.parse(option.fromEnv(text, 'trustProxy'), 'trustProxy')),
      );
    }
  });
});

function accepted(read: () => TrustProxy | undefined): TrustProxy | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
