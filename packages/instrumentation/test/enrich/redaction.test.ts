import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { redact } from '../../dist/esm/enrich/redaction.js';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { serverSpan, span } from '../support/spans.js';

const KEY = 'k'.repeat(32);

describe('redaction', () => {
  it('leaves nothing that names a client on a SERVER span, with new and old names', () => {
    const attributes = {
      'client.address': '203.0.113.77',
      'network.peer.address': '203.0.113.77',
      'network.peer.port': 1234,
      'http.client_ip': '203.0.113.77',
      'net.peer.ip': '203.0.113.77',
      'net.sock.peer.addr': '203.0.113.77',
      'http.request.header.x-forwarded-for': ['203.0.113.77'],
      'http.request.header.x_forwarded_for': ['203.0.113.77'],
      'http.request.header.forwarded': ['for=203.0.113.77'],
      'http.request.header.x-real-ip': ['203.0.113.77'],
      'http.request.header.accept': ['text/html'],
      'server.address': 'svc.example',
      'url.path': '/x',
      'url.query': 'q=canary',
      'http.url': 'http://svc.example/x?q=canary#part',
      'http.target': '/x?q=canary',
    };
    redact(SpanKind.SERVER, attributes);
    expect(attributes).to.deep.equal({
      'network.peer.port': 1234,
      'http.request.header.accept': ['text/html'],
      'server.address': 'svc.example',
      'url.path': '/x',
      'http.url': 'http://svc.example/x',
      'http.target': '/x',
    });
  });

  it('knows the headers in which proxies and content delivery networks name the client, and leaves others', () => {
    const named = (names: string) =>
      Object.fromEntries(names.split(' ').map((name) => [`http.request.header.${name}`, ['203.0.113.77']]));
    const others = named(
      'x-forwarded-proto x-forwarded-host x-ship x-zip accept user-agent x-request-id ipx x-server-address resource-address',
    );
    const attributes = {
      ...named(
        'cf-connecting-ip cf-connecting-ipv6 true-client-ip x-client-ip fastly-client-ip fly-client-ip',
      ),
      ...named('x-original-forwarded-for x-vercel-proxied-for x-azure-clientip x-azure-socketip x_client_ip'),
      ...named(
        'x-envoy-external-address x-appengine-user-ip remote-addr x-remote-addr X-Real-IP forwarded-for',
      ),
      ...named('cloudfront-viewer-address cf-pseudo-ipv4 cdn-requestclientip x-client-address x-remoteip'),
      ...others,
    };
    redact(SpanKind.SERVER, attributes);
    expect(attributes).to.deep.equal(others);
  });

  it('takes the headers that name the client also off requests that hand them on, and off metadata of gRPC', () => {
    for (const kind of [SpanKind.CLIENT, SpanKind.INTERNAL, SpanKind.SERVER]) {
      const attributes = {
        'http.request.header.x-forwarded-for': ['203.0.113.77'],
        'http.client_ip': '203.0.113.77',
        'rpc.request.metadata.x-forwarded-for': '203.0.113.77',
        'rpc.grpc.request.metadata.x_real_ip': ['203.0.113.77'],
        'rpc.request.metadata.x-tenant': 'acme',
      };
      redact(kind, attributes);
      expect(attributes).to.deep.equal({ 'rpc.request.metadata.x-tenant': 'acme' });
    }
  });

  it('takes the query off outgoing requests, and leaves the address of the server that they go to', () => {
    const attributes = {
      'url.full': 'https://api.example/y?key=canary',
      'network.peer.address': '198.51.100.1',
    };
    redact(SpanKind.CLIENT, attributes);
    expect(attributes).to.deep.equal({
      'url.full': 'https://api.example/y',
      'network.peer.address': '198.51.100.1',
    });
  });

  it('leaves values alone that are no text', () => {
    const attributes = { 'url.full': 7, 'http.url': ['a?b'] };
    redact(SpanKind.CLIENT, attributes);
    expect(attributes).to.deep.equal({ 'url.full': 7, 'http.url': ['a?b'] });
  });
});

describe('a processor with redactSpans', () => {
  const make = (redactSpans: boolean, exporter = new RecordingExporter()) => ({
    exporter,
    processor: new CerberusSpanProcessor({ exporter, secretKey: KEY, redactSpans }, { env: {} }),
  });

  for (const ending of [true, false]) {
    it(`redacts after it has made the pseudonym, on an SDK ${ending ? 'with' : 'without'} onEnding`, async () => {
      const { exporter, processor } = make(true);
      const request = serverSpan({ 'client.address': '203.0.113.77', 'url.query': 'q=1' });
      processor.onStart(request, ROOT_CONTEXT);
      if (ending) processor.onEnding(request);
      processor.onEnd(request);
      await processor.shutdown();
      expect(exporter.requests[0]).to.include({
        'cerberus.source_ip': pseudonym(secretKeyOf(KEY), '203.0.113.77'),
        'url.path': '/x',
      });
      expect(JSON.stringify(request.attributes)).to.not.match(/203\.0\.113\.77|q=1/);
    });
  }

  it('redacts spans of every kind, and those that end after its shutdown', async () => {
    const { processor } = make(true);
    await processor.shutdown();
    for (const kind of [SpanKind.SERVER, SpanKind.CLIENT, SpanKind.INTERNAL]) {
      const late = span({ kind, attributes: { 'url.query': 'q=1' } });
      processor.onEnding(late);
      processor.onEnd(late);
      expect(late.attributes).to.deep.equal({});
    }
  });

  it('never throws, and counts what it could not redact', () => {
    const { processor } = make(true);
    const hostile = Object.defineProperty(span(), 'attributes', {
      get() {
        throw new Error('hostile');
      },
    });
    processor.onEnding(hostile);
    processor.onEnd(hostile);
    expect(processor.stats().hookFailures).to.be.above(0);
    void processor.shutdown();
  });

  it('is off by default: other exporters get what they got before', async () => {
    const { processor } = make(false);
    const request = serverSpan({ 'url.query': 'q=1' });
    processor.onStart(request, ROOT_CONTEXT);
    processor.onEnding(request);
    processor.onEnd(request);
    await processor.shutdown();
    expect(request.attributes).to.include({ 'network.peer.address': '203.0.113.77', 'url.query': 'q=1' });
  });
});
