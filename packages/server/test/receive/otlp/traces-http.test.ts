// OTLP over HTTP as its specification has it: content types, credentials, limits, partial success, and what an answer means.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { fromBinary } from '@bufbuild/protobuf';
import { expect } from 'chai';

import type { ServerOptions } from '../../../dist/config.js';
import { RpcStatusSchema, TraceResponseSchema } from '../../../dist/receive/otlp/schema/otlp_pb.js';
import type { CerberusServer } from '../../../dist/server.js';
import { ControlledStore } from '../../support/servers/controlled-store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { jsonSpan, keyValues, resourceSpans, traceRequest } from '../../support/senders/otlp.js';
import { call, server, stopServers, TOKEN } from '../../support/servers/server-fixture.js';

const JSON_TYPE = 'application/json';
const BINARY_TYPE = 'application/x-protobuf';

describe('POST /v1/traces', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  async function start(options: ServerOptions = {}): Promise<void> {
    store = new ControlledStore();
    running = await server({ store, ...options });
  }

  function send(body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${running.url}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': JSON_TYPE, ...headers },
      body,
      signal: AbortSignal.timeout(8000),
    });
  }

  function post(request: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return send(JSON.stringify(request), headers);
  }

  async function paths(): Promise<readonly string[]> {
    return (await store.events({ limit: 100 })).map(({ endpoint }) => endpoint).toSorted();
  }

  beforeEach(() => start());
  afterEach(stopServers);

  it('stores the requests to servers among the spans, and counts the others without looking at them', async () => {
    const others = [
      jsonSpan({ 'url.path': '/internal' }, { kind: 1 }),
      jsonSpan({ 'url.path': '/client' }, { kind: 3 }),
      jsonSpan({}, { kind: 5, traceId: 7, attributes: 'none' }),
      jsonSpan({}, { attributes: keyValues({ 'messaging.system': 'kafka' }) }),
    ];
    const response = await post(traceRequest(jsonSpan({ 'url.path': '/a?q=1' }), ...others));
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal({});
    expect(await paths()).to.deep.equal(['/a']);
    expect(running.stats()).to.include({ stored: 1, rejected: 0, otherSpans: 4 });
    expect(running.stats().byMode.otlp).to.deep.equal({ stored: 1, duplicates: 0, rejected: 0 });
  });

  it('has no latency of a request of which nobody says when it began', async () => {
    const { startTimeUnixNano: _, ...unsaid } = jsonSpan({ 'url.path': '/unsaid' });
    const zero = jsonSpan({ 'url.path': '/zero' }, { startTimeUnixNano: '0' });
    expect((await post(traceRequest(unsaid, zero, jsonSpan({ 'url.path': '/said' })))).status).to.equal(200);
    const latencies = (await store.events({ limit: 100 })).map(({ endpoint, latencyMs }) => [
      endpoint,
      latencyMs,
    ]);
    expect(latencies).to.have.deep.members([
      ['/unsaid', null],
      ['/zero', null],
      ['/said', 12],
    ]);
  });

  it('takes gRPC requests, and enums by name', async () => {
    const attributes = keyValues({ 'rpc.system': 'grpc', 'rpc.service': 'p.S', 'rpc.method': 'M' });
    const response = await post(traceRequest(jsonSpan({}, { kind: 'SPAN_KIND_SERVER', attributes })));
    expect(response.status).to.equal(200);
    expect(await paths()).to.deep.equal(['/p.S/M']);
  });

  it('S25 answers when the commit is through, and not before', async () => {
    store.hold();
    let isAnswered = false;
    const answer = post(traceRequest(jsonSpan())).then((response) => {
      isAnswered = true;
      return response.status;
    });
    await until('the append waits', () => store.appends === 1);
    expect(isAnswered).to.equal(false);
    store.release();
    expect(await answer).to.equal(200);
  });

  it('answers 503 with Retry-After when nothing could be stored, and stores what comes again', async () => {
    const request = traceRequest(jsonSpan());
    store.fault = (): 'fail' => 'fail';
    const response = await post(request);
    expect([response.status, response.headers.get('retry-after')]).to.deep.equal([503, '1']);
    expect(await response.json()).to.deep.equal({ code: 14, message: 'store failed' });
    store.fault = (): 'none' => 'none';
    expect((await post(request)).status).to.equal(200);
    expect(await paths()).to.deep.equal(['/hello']);
  });

  it('S25 stores a request that comes again once, also while the first one is on its way', async () => {
    const span = jsonSpan();
    store.hold();
    const answers = [
      post(traceRequest(span)),
      post(traceRequest(span, span, jsonSpan({ 'url.path': '/b' }))),
    ];
    await until('both wait', () => store.appends === 2);
    store.release();
    expect((await Promise.all(answers)).map(({ status }) => status)).to.deep.equal([200, 200]);
    expect((await post(traceRequest(span))).status).to.equal(200);
    expect(await paths()).to.deep.equal(['/b', '/hello']);
    expect(running.stats().byMode.otlp).to.deep.equal({ stored: 2, duplicates: 3, rejected: 0 });
  });

  it('S25 acknowledges no repetition of what then is not stored', async () => {
    const span = jsonSpan();
    store.hold();
    store.fault = (): 'fail' => 'fail';
    const other = jsonSpan({}, { kind: 1 });
    const answers = [post(traceRequest(span, other)), post(traceRequest(span, other))];
    // The second has no append of its own: it waits for the first one's.
    await until('both are read', () => running.stats().otherSpans === 2);
    expect(store.appends).to.equal(1);
    store.release();
    expect((await Promise.all(answers)).map(({ status }) => status)).to.deep.equal([503, 503]);
    expect(await paths()).to.deep.equal([]);
  });

  it('S25 refuses broken spans alone, and says how many and why', async () => {
    const broken = [
      jsonSpan({}, { traceId: '0'.repeat(32) }),
      jsonSpan({}, { spanId: 'abc' }),
      jsonSpan({}, { startTimeUnixNano: 'yesterday' }),
      jsonSpan({}, { attributes: { a: 1 } }),
      'text',
    ];
    const response = await post(
      traceRequest(jsonSpan({ 'url.path': '/a' }), ...broken, jsonSpan({ 'url.path': '/b' })),
    );
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal({
      partialSuccess: {
        rejectedSpans: '5',
        errorMessage: 'not stored: 2 without a valid trace and span id, 3 not readable',
      },
    });
    expect(await paths()).to.deep.equal(['/a', '/b']);
    expect(running.stats().byMode.otlp.rejected).to.equal(5);
    expect(await store.producer('otlp:shop')).to.include({ mode: 'otlp', events: 2, rejected: 5 });
  });

  it('answers in Protocol Buffers to Protocol Buffers', async () => {
    // resource_spans { scope_spans { spans { kind: SERVER } } }
    const nameless = Buffer.from([0x0a, 0x06, 0x12, 0x04, 0x12, 0x02, 0x30, 0x02]);
    const response = await send(nameless, { 'content-type': `${BINARY_TYPE}; charset=x` });
    expect([response.status, response.headers.get('content-type')]).to.deep.equal([200, BINARY_TYPE]);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { partialSuccess } = fromBinary(TraceResponseSchema, bytes);
    expect(partialSuccess?.rejectedSpans).to.equal(1n);
    expect(partialSuccess?.errorMessage).to.equal('not stored: 1 without a valid trace and span id');
    const empty = await send(Buffer.alloc(0), { 'content-type': BINARY_TYPE });
    expect([empty.status, (await empty.arrayBuffer()).byteLength]).to.deep.equal([200, 0]);
  });

  it('refuses what is no request with 400 and a google.rpc.Status, in the form that it came in', async () => {
    for (const body of [
      '',
      '[]',
      '{"resourceSpans":{}}',
      '{"resourceSpans":[1]}',
      '{',
      '['.repeat(100_000),
    ]) {
      const response = await send(body);
      expect(response.status, body.slice(0, 30)).to.equal(400);
      expect(response.headers.get('content-type')).to.equal(JSON_TYPE);
      expect(await response.json()).to.deep.equal({
        code: 3,
        message: 'the body is no ExportTraceServiceRequest',
      });
    }
    for (const body of [Buffer.from('{}'), randomBytes(50).fill(0xff, 0, 10)]) {
      const response = await send(body, { 'content-type': BINARY_TYPE });
      expect(response.status).to.equal(400);
      const status = fromBinary(RpcStatusSchema, new Uint8Array(await response.arrayBuffer()));
      expect(status).to.include({ code: 3, message: 'the body is no ExportTraceServiceRequest' });
    }
    expect(running.stats().refusals).to.deep.equal({ invalid_message: 8 });
  });

  it('refuses other content types and codings with 415', async () => {
    expect((await post({}, { 'content-type': 'text/plain' })).status).to.equal(415);
    expect((await post({}, { 'content-type': '' })).status).to.equal(415);
    const response = await post({}, { 'content-encoding': 'zstd' });
    expect([response.status, response.headers.get('accept-encoding')]).to.deep.equal([415, 'gzip']);
    expect((await fetch(`${running.url}/v1/traces`)).status).to.equal(405);
  });

  it('wants a token that may send, and takes it in either header', async () => {
    const wrong = await post({}, { authorization: 'Bearer wrong' });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).to.deep.equal([401, 'Bearer']);
    expect(await wrong.json()).to.deep.equal({ code: 16, message: 'missing or wrong token' });
    expect((await post({}, { authorization: '' })).status).to.equal(401);
    expect((await post({}, { authorization: '', 'x-api-key': TOKEN })).status).to.equal(200);
    const reader = await tokenFor({ name: 'r', purpose: 'read' });
    const response = await post({}, { authorization: `Bearer ${reader}` });
    expect(response.status).to.equal(403);
    expect(await response.json()).to.deep.equal({ code: 7, message: 'the token is not for sending' });
  });

  it('takes nothing of another application than the token is for, and gives its name to what has none', async () => {
    const token = await tokenFor({ name: 's', purpose: 'ingest', application: 'shop' });
    const headers = { authorization: `Bearer ${token}` };
    const other = resourceSpans([jsonSpan()], { 'service.name': 'other' });
    const mixed = { resourceSpans: [resourceSpans([jsonSpan()]), other] };
    expect((await post(mixed, headers)).status).to.equal(403);
    const nameless = resourceSpans([jsonSpan()], { 'service.name': 'unknown_service:python' });
    expect((await post({ resourceSpans: [nameless] }, headers)).status).to.equal(200);
    expect((await store.events({ limit: 9 })).map(({ clientId }) => clientId)).to.deep.equal(['shop']);
  });

  it('is of an unknown service where neither the resource nor the token says a name', async () => {
    expect((await post({ resourceSpans: [{ scopeSpans: [{ spans: [jsonSpan()] }] }] })).status).to.equal(200);
    expect((await store.events({ limit: 9 })).map(({ clientId }) => clientId)).to.deep.equal([
      'unknown_service',
    ]);
  });

  it('keeps what the resource says of the application, each of several by itself', async () => {
    const shop = {
      'service.name': 'shop',
      'service.version': '1.2',
      'deployment.environment.name': 'live',
      'service.instance.id': 'i-7',
      'telemetry.sdk.language': 'python',
      'telemetry.sdk.version': '1.37.0',
      'host.name': 'never-kept',
    };
    const cart = { 'service.name': 'cart', 'deployment.environment': 'test' };
    await post({ resourceSpans: [resourceSpans([jsonSpan()], shop), resourceSpans([jsonSpan()], cart)] });
    expect(await store.producer('otlp:shop')).to.deep.include({
      clientId: 'shop',
      agent: 'opentelemetry-python/1.37.0',
      service: { version: '1.2', environment: 'live', instanceId: 'i-7' },
    });
    expect(await store.producer('otlp:cart')).to.deep.include({
      agent: null,
      service: { version: null, environment: 'test', instanceId: null },
    });
    const { body } = await call(`${running.url}/api/sources?client_id=shop`);
    const sources = body['sources'] as Record<string, unknown>[];
    expect(sources[0]).to.include({ mode: 'otlp', producer: null, last_seq: null, connected: false });
  });

  it('keeps with each event the release and the environment that served it, also of two releases at once', async () => {
    const release = (version: string): object =>
      resourceSpans([jsonSpan({ 'url.path': `/${version}` })], {
        'service.name': 'shop',
        'service.version': version,
        'deployment.environment.name': 'live',
      });
    await post({ resourceSpans: [release('1'), release('2')] });
    const events = await store.events({ limit: 9 });
    expect(
      events.map((event) => [event.endpoint, event.release, event.environment]).toSorted(),
    ).to.deep.equal([
      ['/1', '1', 'live'],
      ['/2', '2', 'live'],
    ]);
  });

  it('inflates gzip, up to the limit that holds for the body too', async () => {
    await start({ maxOtlpBytes: 10_000 });
    const gzip = { 'content-encoding': 'gzip' };
    const small = gzipSync(JSON.stringify(traceRequest(jsonSpan())));
    expect((await send(small, gzip)).status).to.equal(200);
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    for (const response of [await send(bomb, gzip), await send(Buffer.alloc(10_001))]) {
      expect(response.status).to.equal(413);
      expect(await response.json()).to.deep.equal({ code: 8, message: 'body is larger than 10000 bytes' });
    }
    expect((await send('{}', gzip)).status).to.equal(400);
    expect((await send(small.subarray(0, -9), gzip)).status).to.equal(400);
    expect(running.stats().refusals).to.deep.equal({ too_large: 2, invalid_message: 2 });
  });

  it('tells the sender to wait while too much waits for its commit', async () => {
    store.load = { appends: 1, events: 1_000_000, bytes: 1 };
    const response = await post(traceRequest(jsonSpan()));
    expect([response.status, response.headers.get('retry-after')]).to.deep.equal([503, '1']);
    expect(await response.json()).to.deep.equal({ code: 14, message: 'overloaded' });
    expect(running.stats().refusals).to.deep.equal({ overloaded: 1 });
  });

  it('acknowledges a test event without storing it', async () => {
    const test = jsonSpan({ 'url.path': '/cerberus-doctor', 'cerberus.metric.cerberus_test': true });
    expect((await post(traceRequest(test))).status).to.equal(200);
    expect(await paths()).to.deep.equal([]);
  });

  it('stores thousands of spans of one request, in appends that are not too large', async () => {
    const spans = Array.from({ length: 5000 }, () => jsonSpan());
    expect((await post(traceRequest(...spans))).status).to.equal(200);
    expect(running.stats().stored).to.equal(5000);
    expect(store.appends).to.equal(2);
  });

  async function tokenFor(request: Record<string, string>): Promise<string> {
    const { body } = await call(`${running.url}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE },
      body: JSON.stringify(request),
    });
    return String(body['token']);
  }
});
