import { expect } from 'chai';

import { createSpanAddress, type AddressSource } from '../../dist/addresses/span-address.js';
import type { TrustProxy } from '../../dist/addresses/trusted-proxies.js';

const PEER = '10.0.0.1';
const CLIENT = '203.0.113.9';
const HEADER = 'http.request.header.x-forwarded-for';

function found(
  attributes: Readonly<Record<string, unknown>>,
  option: TrustProxy = false,
  source: AddressSource = 'peer',
): string | undefined {
  return createSpanAddress(option, source)(attributes);
}

describe('address of a span', () => {
  it('is the other end of the connection, by the newest of its names', () => {
    expect(found({ 'net.peer.ip': PEER })).to.equal(PEER);
    expect(found({ 'net.peer.ip': CLIENT, 'net.sock.peer.addr': PEER })).to.equal(PEER);
    expect(found({ 'net.sock.peer.addr': CLIENT, 'network.peer.address': PEER })).to.equal(PEER);
    expect(found({ 'network.peer.address': '::FFFF:10.0.0.1' })).to.equal(PEER);
  });

  it('is nothing where the other end is no address', () => {
    for (const peer of ['/run/app.sock', '', 7, undefined, ['10.0.0.1']])
      expect(found({ 'network.peer.address': peer }), String(peer)).to.equal(undefined);
  });

  it('is not what a client may have written', () => {
    const written = { 'client.address': CLIENT, 'http.client_ip': CLIENT, [HEADER]: [CLIENT] };
    expect(found(written)).to.equal(undefined);
    expect(found({ ...written, 'network.peer.address': PEER })).to.equal(PEER);
    expect(found({ ...written, 'network.peer.address': PEER }, ['192.0.2.0/24'])).to.equal(PEER);
    // Trusted proxies speak through the header alone: who wrote `client.address` is not to be told.
    expect(found({ 'client.address': CLIENT, 'network.peer.address': PEER }, 1)).to.equal(PEER);
  });

  it('is not what is left of an address that a header of more than 4 KiB is cut in', () => {
    const trusted = `,${' '.repeat(300)}10.0.0.2`.repeat(13);
    const rest = trusted.padEnd(4096 - '3.0.113.9'.length);
    const header = `203.0.113.9${rest}`;
    expect(header.slice(-4096)).to.match(/^3\.0\.113\.9,/);
    expect(found({ 'network.peer.address': PEER, [HEADER]: [header] }, ['10.0.0.0/8'])).to.equal('10.0.0.2');
    const whole = `${CLIENT}${trusted}`;
    expect(found({ 'network.peer.address': PEER, [HEADER]: [whole] }, ['10.0.0.0/8'])).to.equal(CLIENT);
  });

  it('is what trusted proxies say in a header that the span has', () => {
    const forwarded = { 'network.peer.address': PEER, [HEADER]: [`198.51.100.1, ${CLIENT}`] };
    expect(found(forwarded, 1)).to.equal(CLIENT);
    expect(found(forwarded, 2)).to.equal('198.51.100.1');
    expect(found(forwarded, ['10.0.0.0/8'])).to.equal(CLIENT);
    expect(found({ [HEADER]: [`198.51.100.1, ${CLIENT}`] }, 1)).to.equal(CLIENT);
    expect(found({ [HEADER]: [CLIENT] }, ['10.0.0.0/8'])).to.equal(undefined);
    // Two lines of one header, and as older SDKs have it.
    expect(found({ 'net.peer.ip': PEER, [HEADER]: ['198.51.100.1', CLIENT] }, 1)).to.equal(CLIENT);
    expect(found({ 'net.peer.ip': PEER, 'http.request.header.x_forwarded_for': [CLIENT] }, 1)).to.equal(
      CLIENT,
    );
  });

  it('is what a trusted proxy appended, however much the client wrote before it', () => {
    for (const written of ['x'.repeat(10_000), Array(1000).fill('198.51.100.1').join(','), ','.repeat(500)])
      expect(found({ 'net.peer.ip': PEER, [HEADER]: [`${written}, ${CLIENT}`] }, 1)).to.equal(CLIENT);
  });

  it('is client.address where that is asked for and is one', () => {
    expect(found({ 'client.address': CLIENT, 'network.peer.address': PEER }, false, 'client')).to.equal(
      CLIENT,
    );
    expect(found({ 'client.address': 'a.example', 'network.peer.address': PEER }, false, 'client')).to.equal(
      PEER,
    );
    expect(found({ 'http.client_ip': CLIENT }, false, 'client')).to.equal(CLIENT);
    const both = { 'network.peer.address': PEER, 'client.address': '198.51.100.1', [HEADER]: [CLIENT] };
    expect(found(both, 1, 'client')).to.equal(CLIENT);
  });
});
