import { expect } from 'chai';
import { findClient, type Origin } from '../../dist/esm/enrich/client-address.js';
import { compileTrust, type TrustProxy } from '../../dist/esm/enrich/trust-proxy.js';

const direct: Origin = {
  peer: '::ffff:10.0.0.1',
  unixSocket: false,
  encrypted: false,
  xForwardedFor: '',
  xForwardedProto: '',
  forwarded: '',
};

function client(
  trust: TrustProxy | undefined,
  origin: Partial<Origin>,
  header: 'x-forwarded-for' | 'forwarded' = 'x-forwarded-for',
) {
  return findClient({ ...direct, ...origin }, compileTrust(trust), header);
}

describe('findClient', () => {
  it('takes the socket peer, canonical, when nobody is trusted', () => {
    expect(client(undefined, { xForwardedFor: '203.0.113.9', xForwardedProto: 'https' })).to.deep.equal({
      address: '10.0.0.1',
      scheme: 'http',
    });
  });

  it('takes the right-most entry with one trusted hop', () => {
    expect(client(1, { xForwardedFor: '6.6.6.6, 203.0.113.9' }).address).to.equal('203.0.113.9');
  });

  it('takes the second entry from the right with two trusted hops', () => {
    expect(client(2, { xForwardedFor: '6.6.6.6, 203.0.113.9, 10.0.0.2' }).address).to.equal('203.0.113.9');
  });

  it('takes the left-most entry when there are fewer than trusted hops', () => {
    expect(client(5, { xForwardedFor: '203.0.113.9, 10.0.0.2' }).address).to.equal('203.0.113.9');
  });

  it('walks through trusted networks to the first address outside of them', () => {
    const xForwardedFor = '6.6.6.6, 203.0.113.9, 10.0.0.3, 10.0.0.2';
    expect(client(['10.0.0.0/8'], { xForwardedFor }).address).to.equal('203.0.113.9');
  });

  it('believes no header of a peer outside of the trusted networks', () => {
    expect(client(['10.0.0.0/8'], { peer: '198.51.100.7', xForwardedFor: '203.0.113.9' }).address).to.equal(
      '198.51.100.7',
    );
  });

  it('trusts a peer behind a unix socket', () => {
    const origin = { ...direct, peer: undefined, unixSocket: true, xForwardedFor: '203.0.113.9' };
    expect(findClient(origin, compileTrust(1), 'x-forwarded-for').address).to.equal('203.0.113.9');
    expect(findClient(origin, compileTrust(['10.0.0.0/8']), 'x-forwarded-for').address).to.equal(
      '203.0.113.9',
    );
    expect(findClient(origin, undefined, 'x-forwarded-for').address).to.equal(undefined);
  });

  it('does not trust a peer whose address is unknown for another reason', () => {
    const origin = { ...direct, peer: undefined, xForwardedFor: '203.0.113.9' };
    expect(findClient(origin, compileTrust(1), 'x-forwarded-for')).to.deep.equal({
      address: undefined,
      scheme: 'http',
    });
  });

  for (const entry of ['unknown', '_hidden', '<script>', '1', 'evil@9.9.9.9', '999.1.1.1']) {
    it(`ends at the last trusted address when the next entry is ${JSON.stringify(entry)}`, () => {
      expect(client(1, { xForwardedFor: `203.0.113.9, ${entry}` }).address).to.equal('10.0.0.1');
      expect(client(2, { xForwardedFor: `203.0.113.9, ${entry}, 10.0.0.2` }).address).to.equal('10.0.0.2');
    });
  }

  it('walks over empty elements, which are no hops', () => {
    expect(client(1, { xForwardedFor: '6.6.6.6, 203.0.113.9, ' }).address).to.equal('203.0.113.9');
    expect(client(2, { xForwardedFor: '203.0.113.9,, 10.0.0.2' }).address).to.equal('203.0.113.9');
    expect(client(2, { forwarded: 'for=203.0.113.9, , for=10.0.0.2,' }, 'forwarded').address).to.equal(
      '203.0.113.9',
    );
  });

  it('reads entries with ports and brackets', () => {
    expect(client(1, { xForwardedFor: '203.0.113.9:4711' }).address).to.equal('203.0.113.9');
    expect(client(1, { xForwardedFor: '[2001:DB8::1]:443' }).address).to.equal('2001:db8::1');
  });

  it('reads only the header that was chosen', () => {
    const both = { xForwardedFor: '203.0.113.9', forwarded: 'for=198.51.100.7;proto=https' };
    expect(client(1, both)).to.deep.equal({ address: '203.0.113.9', scheme: 'http' });
    expect(client(1, both, 'forwarded')).to.deep.equal({ address: '198.51.100.7', scheme: 'https' });
  });

  it('walks the Forwarded header as the other one', () => {
    const forwarded = 'for=6.6.6.6, for="[2001:db8::17]:4711";proto=https, for=10.0.0.2';
    expect(client(2, { forwarded }, 'forwarded')).to.deep.equal({ address: '2001:db8::17', scheme: 'https' });
    expect(client(1, { forwarded: 'for=6.6.6.6, proto=https' }, 'forwarded')).to.deep.equal({
      address: '10.0.0.1',
      scheme: 'https',
    });
  });

  it('gives the scheme of the listener when no trusted proxy names one', () => {
    expect(client(1, { encrypted: true, xForwardedFor: '203.0.113.9' }).scheme).to.equal('https');
    expect(client(1, { xForwardedProto: 'gopher' }).scheme).to.equal('http');
    expect(client(undefined, { encrypted: true }).scheme).to.equal('https');
  });

  it('gives the scheme that a trusted proxy names, with or without an address', () => {
    expect(client(1, { xForwardedFor: '203.0.113.9', xForwardedProto: 'https' }).scheme).to.equal('https');
    expect(client(1, { xForwardedProto: 'https' })).to.deep.equal({ address: '10.0.0.1', scheme: 'https' });
  });

  it('does not let a client choose the scheme in front of what the proxy appends', () => {
    expect(
      client(1, { xForwardedFor: '6.6.6.6, 203.0.113.9', xForwardedProto: 'https, http' }).scheme,
    ).to.equal('http');
  });

  it('finds what the proxy appended to a header of 10 kB, to one of 1,000 hops, and to an open quote', () => {
    for (const written of ['x'.repeat(10_000), Array(1000).fill('1.1.1.1').join(','), ','.repeat(500)]) {
      expect(client(1, { xForwardedFor: `${written}, 203.0.113.9` }).address).to.equal('203.0.113.9');
      expect(client(1, { forwarded: `${written}, for=203.0.113.9` }, 'forwarded').address).to.equal(
        '203.0.113.9',
      );
    }
    expect(client(1, { forwarded: 'for="1.1.1.1, for=203.0.113.9' }, 'forwarded').address).to.equal(
      '203.0.113.9',
    );
    expect(client(1, { xForwardedFor: `${' '.repeat(10_000)}203.0.113.9` }).address).to.equal('10.0.0.1');
  });

  it('names no scheme where the request is not known', () => {
    const fromSpan = { ...direct, encrypted: undefined };
    expect(findClient(fromSpan, undefined, 'x-forwarded-for')).to.deep.equal({
      address: '10.0.0.1',
      scheme: undefined,
    });
  });
});
