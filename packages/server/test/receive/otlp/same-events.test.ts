// One translation, not two: the spans that OpenTelemetry's own exporters send become the events that CerberusWsExporter sends for them.
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { SpanKind, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as BinaryExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import fc from 'fast-check';

import type { CerberusServer } from '../../../dist/server.js';
import { call, server, stopServers, TOKEN } from '../../support/servers/server-fixture.js';

const HASH = '0123456789abcdef'.repeat(4);
const STARTED = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** What each attribute that an event is made of may hold, and some that nothing is to be made of. */
const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'http.request.method': fc.constantFrom('GET', 'POST', '_OTHER', ''),
  'http.request.method_original': fc.constantFrom('PURGE', 'x'.repeat(100)),
  'http.method': fc.constantFrom('GET', 'PUT'),
  'url.path': fc.constantFrom('/a', '/a/b?c=d', 'no path', `/${'é'.repeat(3000)}`),
  'http.target': fc.constantFrom('/old?q=1', '*'),
  'http.url': fc.constantFrom('https://example.com/url?q#f', 'http://x'),
  'http.route': fc.constantFrom('/a/:id', ''),
  'url.scheme': fc.constantFrom('http', 'https'),
  'http.scheme': fc.constantFrom('https'),
  'http.response.status_code': fc.constantFrom(200, 404, 503, 1.5, '200', -1),
  'http.status_code': fc.constantFrom(201, 500),
  'error.type': fc.constantFrom('TypeError', '500', 'a message with spaces'),
  'http.error_name': fc.constantFrom('Error'),
  'http.flavor': fc.constantFrom('1.1', '2.0'),
  'network.protocol.version': fc.constantFrom('1.1', '2', 'h3?'),
  'http.request.body.size': fc.constantFrom(0, 17, -1, 2 ** 53),
  'http.response.body.size': fc.constantFrom(1.5, 12),
  'http.request_content_length': fc.constantFrom(7),
  'http.response_content_length': fc.constantFrom(8),
  'user_agent.synthetic.type': fc.constantFrom('bot', 'test', 'human'),
  'rpc.system': fc.constantFrom('grpc', 'dubbo'),
  'rpc.service': fc.constantFrom('pack.Service'),
  'rpc.method': fc.constantFrom('Method', 'pack.Service/Method'),
  'rpc.grpc.status_code': fc.constantFrom(0, 1, 2),
  'rpc.response.status_code': fc.constantFrom('OK', 'CANCELLED', 'INTERNAL'),
  'cerberus.source_ip': fc.constantFrom(HASH, '203.0.113.9'),
  'cerberus.user_id': fc.constantFrom(HASH),
  'cerberus.consumer': fc.constantFrom(HASH),
  'cerberus.consumer_group': fc.constantFrom('gold', 'x'.repeat(600)),
  'cerberus.consumer_label': fc.constantFrom('ACME'),
  'cerberus.outcome': fc.constantFrom('completed', 'aborted', 'error', 'else'),
  'cerberus.scheme': fc.constantFrom('http', 'https'),
  'cerberus.endpoint': fc.constantFrom('/raw/path'),
  'cerberus.route': fc.constantFrom('/raw/:x'),
  'cerberus.error_type': fc.constantFrom('RangeError'),
  'cerberus.request_body_size': fc.constantFrom(5),
  'cerberus.response_body_size': fc.constantFrom(6),
  'cerberus.synthetic_type': fc.constantFrom('bot'),
  'cerberus.ignored': fc.constantFrom(true, false),
  'cerberus.metric.text': fc.constantFrom('', 'a "quoted" \u{1f600} text', 'x'.repeat(2000), 'lone \ud800'),
  'cerberus.metric.number': fc.constantFrom(0, -7, 2.5, 1e300, 2 ** 53, 2 ** 60),
  'cerberus.metric.flag': fc.boolean(),
  'cerberus.metric.texts': fc.constantFrom([], ['a', 'b'], ['a', null], Array(100).fill('c')),
  'cerberus.metric.numbers': fc.constantFrom([1, 2.5, -3]),
  'cerberus.metric.': fc.constantFrom(1),
  'cerberus.metric.__proto__': fc.constantFrom('polluted'),
  'cerberus.metric.constructor': fc.constantFrom(1),
  ['__proto__']: fc.constantFrom('polluted'),
  'enduser.id': fc.constantFrom('user-1'),
  'user_agent.original': fc.constantFrom('curl/8'),
  'url.query': fc.constantFrom('q=1'),
};

const SPANS = fc.record({
  kind: fc.constantFrom(
    SpanKind.SERVER,
    SpanKind.SERVER,
    SpanKind.SERVER,
    SpanKind.INTERNAL,
    SpanKind.CLIENT,
  ),
  code: fc.constantFrom(SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR),
  attributes: fc.record(VALUES, { requiredKeys: ['http.request.method'] }),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
});

/** Spans as the SDK makes them of whatever an application sets. */
function finishedSpans(count: number): readonly ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', 'host.name': 'h' }),
    spanProcessors: [new SimpleSpanProcessor(memory)],
    spanLimits: { attributeCountLimit: 1000 },
  });
  const tracer = provider.getTracer('test');
  for (const { kind, code, attributes, nanos } of fc.sample(SPANS, { numRuns: count, seed: 7 })) {
    const seconds = Math.floor(STARTED / 1000);
    const span = tracer.startSpan('span', {
      kind,
      attributes: attributes as Attributes,
      startTime: [seconds, nanos],
    });
    span.setStatus({ code, message: 'what went wrong' });
    span.addEvent('exception', { 'exception.type': 'Error', 'exception.message': 'secret' });
    span.end([seconds + 1, nanos % 1000]);
  }
  return memory.getFinishedSpans();
}

/** Sends in requests of a size that each way can take. */
async function exportAll(exporter: SpanExporter, spans: readonly ReadableSpan[]): Promise<void> {
  for (let from = 0; from < spans.length; from += 200) {
    const part = spans.slice(from, from + 200);
    await new Promise<void>((resolve, reject) => {
      exporter.export([...part], ({ error }) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }
  await exporter.shutdown();
}

describe('events of OTLP', function () {
  this.timeout(60_000);
  afterEach(stopServers);

  it('S24 are those that CerberusWsExporter sends for the same spans', async () => {
    const spans = finishedSpans(1500);
    const ways: Readonly<Record<string, (running: CerberusServer) => SpanExporter>> = {
      WebSocket: ({ wsUrl }) => new CerberusWsExporter({ wsUrl, token: TOKEN, clientId: 'shop' }),
      'OTLP in Protocol Buffers': ({ url }) => new BinaryExporter(optionsOf(url)),
      'OTLP in JSON': ({ url }) => new JsonExporter(optionsOf(url)),
    };
    const stored = new Map<string, readonly unknown[]>();
    for (const [way, exporterFor] of Object.entries(ways)) {
      const running = await server();
      await exportAll(exporterFor(running), spans);
      stored.set(way, await eventsOf(running));
    }
    const wanted = stored.get('WebSocket');
    expect(wanted).to.have.length.above(400);
    expect(JSON.stringify(wanted)).to.not.match(/203\.0\.113|user-1|curl|q=1|polluted|secret/);
    for (const [way, events] of stored) {
      expect(events.length, way).to.equal(wanted?.length);
      for (const [index, event] of events.entries()) expect(event, way).to.deep.equal(wanted?.[index]);
    }
  });
});

function optionsOf(url: string): object {
  return { url: `${url}/v1/traces`, headers: { authorization: `Bearer ${TOKEN}` } };
}

/** All events by span, without what the server gave them. */
async function eventsOf({ url }: CerberusServer): Promise<readonly unknown[]> {
  const events: Record<string, unknown>[] = [];
  let next: unknown;
  do {
    const cursor = next === undefined ? '' : `&cursor=${encodeURIComponent(String(next))}`;
    const { body } = await call(`${url}/api/events?limit=1000${cursor}`);
    events.push(...(body['events'] as Record<string, unknown>[]));
    next = body['next'] ?? undefined;
  } while (next !== undefined);
  return events
    .map(({ id: _id, received_at: _at, ...event }) => event)
    .toSorted((a, b) => (String(a['span_id']) < String(b['span_id']) ? -1 : 1));
}
