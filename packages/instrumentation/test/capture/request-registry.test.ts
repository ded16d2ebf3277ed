import { EventEmitter } from 'node:events';
import { channel } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';
import type { Attributes } from '@opentelemetry/api';
import { expect } from 'chai';
import { RequestRegistry } from '../../dist/esm/capture/request-registry.js';
import { patchFrameworks } from '../../dist/esm/routes/patching.js';

const start = channel('http.server.request.start');

interface Arrival {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly encrypted?: boolean;
  readonly address?: unknown;
}

function arrive(arrival: Arrival = {}): void {
  const { method = 'GET', url = '/x?y', headers = {}, encrypted, address = {} } = arrival;
  const { remoteAddress, remotePort } = { remoteAddress: '203.0.113.77', remotePort: 4711, ...arrival };
  start.publish({
    request: { method, url, headers },
    response: new EventEmitter(),
    socket: { remoteAddress, remotePort, errored: null, ...(encrypted !== undefined && { encrypted }) },
    server: { address: () => address, listening: true },
  });
}

const stable = { 'http.request.method': 'GET', 'network.peer.port': 4711, 'url.path': '/x' };

describe('RequestRegistry', () => {
  let registry: RequestRegistry;

  beforeEach(() => {
    registry = new RequestRegistry();
    registry.open();
  });

  afterEach(() => registry.close());

  it('gives the request that arrived last to the span that starts next', () => {
    arrive({
      headers: { 'x-forwarded-for': '1.1.1.1', forwarded: 'for=2.2.2.2', 'x-forwarded-proto': 'https' },
    });
    const taken = registry.take(stable);
    expect(taken?.path).to.equal('/x');
    expect(taken?.origin).to.deep.equal({
      peer: '203.0.113.77',
      unixSocket: false,
      encrypted: false,
      xForwardedFor: '1.1.1.1',
      xForwardedProto: 'https',
      forwarded: 'for=2.2.2.2',
    });
  });

  it('takes no harm from what somebody else says in the channel of Node', async () => {
    const end = patchFrameworks(['koa']);
    arrive();
    for (const message of [undefined, {}, { request: undefined }, { request: {} }]) start.publish(message);
    // What a subscriber throws ends the process in the next tick.
    await setImmediate();
    end();
    expect(registry.take(stable)).to.equal(undefined);
    arrive();
    expect(registry.take(stable)?.path).to.equal('/x');
  });

  it('gives each request out once', () => {
    arrive();
    registry.take(stable);
    expect(registry.take(stable)).to.equal(undefined);
  });

  const stale: readonly [string, Attributes][] = [
    ['another port', { ...stable, 'network.peer.port': 4712 }],
    ['another method', { ...stable, 'http.request.method': 'POST' }],
    ['another target, by the old names', { 'http.method': 'GET', 'http.target': '/other' }],
    ['another path, where there is no port', { 'http.request.method': 'GET', 'url.path': '/other' }],
    [
      'another peer, where there is no port',
      { 'http.request.method': 'GET', 'url.path': '/x', 'network.peer.address': '198.51.100.7' },
    ],
    ['nothing to compare', { 'http.request.method': 'GET' }],
  ];
  for (const [what, attributes] of stale) {
    it(`does not lend a request to a span with ${what}`, () => {
      arrive();
      expect(registry.take(attributes)).to.equal(undefined);
    });
  }

  const matching: readonly [string, Arrival, Attributes][] = [
    ['the old names', {}, { 'http.method': 'GET', 'http.target': '/x?y' }],
    ['an unknown method', { method: 'FOO' }, { ...stable, 'http.request.method': '_OTHER' }],
    [
      'a known method under another name',
      { method: 'PROPFIND' },
      { ...stable, 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' },
    ],
    [
      'a path and a peer that is cut',
      {},
      { 'http.request.method': 'GET', 'url.path': '/x', 'network.peer.address': '203.0.11' },
    ],
    ['a path and no port', { remotePort: undefined }, { 'http.request.method': 'GET', 'url.path': '/x' }],
    [
      'a path that the instrumentation resolved',
      { url: '//evil.example/x' },
      { 'http.request.method': 'GET', 'url.path': '/x' },
    ],
  ];
  for (const [what, arrival, attributes] of matching) {
    it(`recognises a request by ${what}`, () => {
      arrive(arrival);
      expect(registry.take(attributes)).to.not.equal(undefined);
    });
  }

  it('knows TLS and unix sockets', () => {
    arrive({ encrypted: true });
    expect(registry.take(stable)?.origin.encrypted).to.equal(true);
    arrive({ remoteAddress: undefined, remotePort: undefined, address: '/run/app.sock' });
    expect(registry.take({ 'http.request.method': 'GET', 'url.path': '/x' })?.origin).to.include({
      unixSocket: true,
    });
  });

  it('does not take a TCP connection without a peer for a unix socket', () => {
    arrive({ remoteAddress: undefined, address: { port: 80 } });
    const origin = registry.take(stable)?.origin;
    expect(origin?.unixSocket).to.equal(false);
    expect(origin?.peer).to.equal(undefined);
  });

  it('leaves the channel alone once it is closed', () => {
    const before = start.hasSubscribers;
    registry.close();
    arrive();
    expect(before).to.equal(true);
    expect(start.hasSubscribers).to.equal(false);
    expect(registry.take(stable)).to.equal(undefined);
  });

  it('works beside another one', () => {
    const other = new RequestRegistry();
    other.open();
    arrive();
    expect(registry.take(stable)).to.not.equal(undefined);
    expect(other.take(stable)).to.not.equal(undefined);
    other.close();
    arrive();
    expect(registry.take(stable)).to.not.equal(undefined);
  });
});
