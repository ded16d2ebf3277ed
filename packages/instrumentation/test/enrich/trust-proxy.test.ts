import { expect } from 'chai';
import { compileTrust, trustProxyOption } from '../../dist/esm/enrich/trust-proxy.js';

const option = trustProxyOption();
const fromEnv = (text: string): unknown => option.parse(option.fromEnv(text, 'trustProxy'), 'trustProxy');

describe('trustProxy', () => {
  it('trusts nobody when it is unset, false, 0 or an empty list', () => {
    for (const value of [undefined, false, 0, []] as const) expect(compileTrust(value)).to.equal(undefined);
  });

  it('trusts that many hops, whatever their addresses', () => {
    const trust = compileTrust(2);
    expect([0, 1, 2].map((hop) => trust?.('203.0.113.9', hop))).to.deep.equal([true, true, false]);
  });

  it('trusts networks and single addresses of both families', () => {
    const trust = compileTrust(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::ffff:198.51.100.1']);
    const trusted = ['10.1.2.3', '192.0.2.7', '2001:db8:1::1', '198.51.100.1'];
    const others = ['11.0.0.1', '192.0.2.8', '2001:db9::1', '::1'];
    expect(trusted.map((address) => trust?.(address, 5))).to.deep.equal([true, true, true, true]);
    expect(others.map((address) => trust?.(address, 0))).to.deep.equal([false, false, false, false]);
  });

  it('knows the names that Express knows', () => {
    const trust = compileTrust(['loopback', 'uniquelocal', 'linklocal']);
    for (const address of [
      '127.0.0.1',
      '::1',
      '172.16.0.1',
      '192.168.1.1',
      'fc00::1',
      '169.254.1.1',
      'fe80::1',
    ]) {
      expect(trust?.(address, 0), address).to.equal(true);
    }
    expect(trust?.('203.0.113.9', 0)).to.equal(false);
  });

  it('reads a number, false and a list from the environment', () => {
    expect(fromEnv('2')).to.equal(2);
    expect(fromEnv('false')).to.equal(false);
    expect(fromEnv('10.0.0.0/8, loopback')).to.deep.equal(['10.0.0.0/8', 'loopback']);
  });

  const wrong: readonly unknown[] = [
    true,
    -1,
    1.5,
    51,
    Number.NaN,
    'loopback',
    {},
    null,
    ['10.0.0.0/33'],
    ['::/129'],
    ['10.0.0.0/8/8'],
    ['10.0.0'],
    ['10.0.0.0/'],
    ['example.com'],
    [7],
    ['constructor'],
  ];
  for (const value of wrong) {
    it(`refuses ${JSON.stringify(value) ?? String(value)}`, () => {
      expect(() => option.parse(value, 'trustProxy'))
        .to.throw('`trustProxy` must be')
        .with.property('code', 'OPTION_INVALID');
    });
  }

  it('leaves empty elements of a list in the environment out, as behind a last comma', () => {
    expect(fromEnv('10.0.0.0/8,, loopback,')).to.deep.equal(['10.0.0.0/8', 'loopback']);
  });

  it('refuses text that is neither in the environment', () => {
    expect(() => fromEnv('nginx')).to.throw('`trustProxy` must be');
  });

  it('says to a user of Express why `true` is refused, and what to write', () => {
    for (const refused of [
      () => fromEnv('true'),
      () => fromEnv('Yes'),
      () => option.parse(true, 'trustProxy'),
    ]) {
      expect(refused).to.throw(/whatever address a client writes.*the number of your own proxies, 1 for one/);
    }
  });
});
