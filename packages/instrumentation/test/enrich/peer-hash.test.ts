import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { PeerHash } from '../../dist/esm/enrich/peer-hash.js';
import { Identity } from '../../dist/esm/enrich/identity.js';

const PEER = '203.0.113.9';
const CLIENT = '198.51.100.7';
const OPTIONS = { sourceIp: 'hash', userId: 'hash', forwardedHeader: 'x-forwarded-for' } as const;
const ORIGIN = { unixSocket: false, encrypted: false, xForwardedProto: '', forwarded: '' };

describe('the hash of the peer of a connection', () => {
  const key = secretKeyOf('k'.repeat(32));

  it('is the one that is made without it, and made once', () => {
    const { createHmac } = crypto;
    // Too long for the hash in JavaScript.
    const long = 'x'.repeat(60);
    const peer = new PeerHash();
    let made = 0;
    crypto.createHmac = (...args) => {
      made += 1;
      return createHmac(...args);
    };
    syncBuiltinESMExports();
    try {
      const hashes = [1, 2, 3].map(() => peer.under(key, long));
      expect(made).to.equal(1);
      expect(new Set(hashes)).to.deep.equal(new Set([pseudonym(key, long)]));
    } finally {
      crypto.createHmac = createHmac;
      syncBuiltinESMExports();
    }
  });

  it('is made again when the connection says something else of itself', () => {
    const peer = new PeerHash();
    for (const address of [PEER, CLIENT, PEER])
      expect(peer.under(key, address)).to.equal(pseudonym(key, address));
  });

  it('is made again when the key rotates', () => {
    const peer = new PeerHash();
    peer.under(key, PEER);
    const next = secretKeyOf('n'.repeat(32));
    expect(peer.under(next, PEER)).to.equal(pseudonym(next, PEER));
    expect(peer.under(key, PEER)).to.equal(pseudonym(key, PEER));
  });

  it('is not asked for the clients behind a proxy, nor for users', () => {
    const identity = new Identity({ ...OPTIONS, trustProxy: 1 });
    const peerHash = {
      under(): never {
        throw new Error('it would keep the address of somebody else');
      },
    };
    for (const [xForwardedFor, address] of [
      [CLIENT, CLIENT],
      ['', PEER],
      ['198.51.100.8', '198.51.100.8'],
    ] as const) {
      const attributes: Record<string, string> = {};
      identity.write(
        attributes,
        { origin: { ...ORIGIN, peer: PEER, xForwardedFor }, userId: 'alice', peerHash },
        key,
      );
      expect(attributes['cerberus.source_ip']).to.equal(pseudonym(key, address));
      expect(attributes['cerberus.user_id']).to.equal(pseudonym(key, 'alice'));
    }
  });
});
