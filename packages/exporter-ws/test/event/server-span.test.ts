import { expect } from 'chai';
import type { Attributes } from '@opentelemetry/api';
import type { CerberusEvent } from '../../dist/esm/event/cerberus-event.js';
import { translateServerSpan } from '../../dist/esm/event/server-span.js';
import { HASH, serverSpan } from '../support/spans.js';

const config = { endpointFrom: 'path', captureUserAgent: false, allowRawSourceIp: false } as const;

function translated(
  attributes: Attributes,
  options: Partial<Parameters<typeof translateServerSpan>[1]> = {},
): CerberusEvent {
  const event = translateServerSpan(serverSpan(attributes), { ...config, ...options });
  if (event === undefined) throw new Error('no event');
  return event;
}

const only = (attributes: Attributes): Attributes => ({
  'http.request.method': undefined,
  'url.path': undefined,
  'url.scheme': undefined,
  'http.response.status_code': undefined,
  ...attributes,
});

describe('SERVER span to event', () => {
  it('translates the stable attribute names', () => {
    const span = serverSpan({
      'http.route': '/users/:id',
      'url.path': '/users/7',
      'url.scheme': 'https',
      'cerberus.source_ip': HASH,
      'cerberus.user_id': 'u',
      'cerberus.consumer': HASH,
      'cerberus.consumer_group': 'pro',
      'cerberus.outcome': 'aborted',
      'cerberus.metric.n': 1,
    });
    expect(translateServerSpan(span, config)).to.deep.equal({
      sourceIp: HASH,
      endpoint: '/users/7',
      scheme: true,
      method: 'GET',
      attributes: span.attributes,
      startTime: span.startTime,
      statusCode: 200,
      duration: span.duration,
      route: '/users/:id',
      outcome: 'aborted',
      userId: 'u',
      consumer: HASH,
      consumerGroup: 'pro',
      consumerLabel: undefined,
      userAgent: undefined,
      traceId: 'a'.repeat(32),
      spanId: span.spanContext().spanId,
      errorType: undefined,
      requestBodySize: undefined,
      responseBodySize: undefined,
      protocolVersion: undefined,
      syntheticType: undefined,
    });
  });

  it('translates the old attribute names', () => {
    const event = translated(
      only({
        'http.method': 'POST',
        'http.target': '/old?token=1',
        'http.scheme': 'https',
        'http.status_code': 503,
      }),
    );
    expect(event).to.include({
      method: 'POST',
      endpoint: '/old',
      scheme: true,
      statusCode: 503,
      outcome: 'error',
    });
  });

  it('takes the path of http.url when there is nothing better, and refuses "[object Object]"', () => {
    expect(translated(only({ 'http.method': 'GET', 'http.url': 'http://h/p?q' })).endpoint).to.equal('/p');
    expect(translated(only({ 'http.method': 'GET', 'http.url': '[object Object]' })).endpoint).to.equal('');
    expect(
      translated(only({ 'http.method': 'GET', 'http.url': '[object Object]', 'http.route': '/r' })).endpoint,
    ).to.equal('/r');
  });

  it('prefers the raw path and the scheme that the processor saw', () => {
    const event = translated({
      'cerberus.endpoint': '//evil.com/x',
      'url.path': '/x',
      'cerberus.scheme': 'https',
    });
    expect(event).to.include({ endpoint: '//evil.com/x', scheme: true });
  });

  it('cuts a query or fragment wherever it comes from', () => {
    for (const name of ['cerberus.endpoint', 'url.path', 'http.target', 'http.url']) {
      const value = name === 'http.url' ? 'http://h/a?secret=1' : '/a?secret=1#f';
      expect(translated({ 'url.path': undefined, [name]: value }).endpoint, name).to.equal('/a');
    }
  });

  it('cuts a query that a program put into the route', () => {
    for (const name of ['http.route', 'cerberus.route']) {
      const event = translated({ 'url.path': undefined, 'http.route': undefined, [name]: '/a/:b?secret=1' });
      expect(event).to.include({ route: '/a/:b', endpoint: '/a/:b' });
    }
  });

  it('sends the route and never the path with endpointFrom route', () => {
    expect(
      translated({ 'http.route': '/u/:id', 'url.path': '/u/7' }, { endpointFrom: 'route' }).endpoint,
    ).to.equal('/u/:id');
    expect(translated({ 'url.path': '/u/7' }, { endpointFrom: 'route' }).endpoint).to.equal('');
  });

  it('names the real method of one that the conventions call _OTHER', () => {
    expect(
      translated({ 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' }).method,
    ).to.equal('PROPFIND');
    expect(translated({ 'http.request.method': '_OTHER' }).method).to.equal('_OTHER');
  });

  it('gives no event for other kinds of span and for a SERVER span without an HTTP method', () => {
    expect(translateServerSpan(serverSpan({}, { kind: 2 }), config)).to.equal(undefined);
    expect(translateServerSpan(serverSpan(only({ 'rpc.system': 'grpc' })), config)).to.equal(undefined);
  });

  it('gives no event for a request that the processor was told to ignore', () => {
    expect(translateServerSpan(serverSpan({ 'cerberus.ignored': true }), config)).to.equal(undefined);
    expect(translated({ 'cerberus.ignored': 'true' }).method).to.equal('GET');
  });

  it('takes only 64 lower-case hex digits for an address', () => {
    for (const value of [
      '203.0.113.77',
      HASH.toUpperCase(),
      HASH.slice(1),
      `${HASH}0`,
      `${HASH}\n`,
      '',
      7,
      [HASH],
    ]) {
      expect(translated({ 'cerberus.source_ip': value }).sourceIp, String(value)).to.equal(null);
    }
  });

  it('takes only a pseudonym for a consumer, whoever has set the attribute', () => {
    expect(translated({ 'cerberus.consumer': HASH }).consumer).to.equal(HASH);
    for (const value of ['acme', HASH.toUpperCase(), HASH.slice(1), 7, [HASH]])
      expect(translated({ 'cerberus.consumer': value }).consumer, String(value)).to.equal(undefined);
  });

  it('lets a raw address through only when that is allowed, and never a long string', () => {
    expect(
      translated({ 'cerberus.source_ip': '203.0.113.77' }, { allowRawSourceIp: true }).sourceIp,
    ).to.equal('203.0.113.77');
    expect(
      translated({ 'cerberus.source_ip': 'x'.repeat(46) }, { allowRawSourceIp: true }).sourceIp,
    ).to.equal(null);
  });

  it('reads no attribute that holds an address, a query or a header', () => {
    const read = new Set<string>();
    const attributes = new Proxy(serverSpan({}).attributes, {
      get(target, name) {
        read.add(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    translateServerSpan(serverSpan({}, { attributes }), config);
    expect([...read].sort()).to.deep.equal([
      'cerberus.consumer',
      'cerberus.consumer_group',
      'cerberus.consumer_label',
      'cerberus.endpoint',
      'cerberus.ignored',
      'cerberus.outcome',
      'cerberus.request_body_size',
      'cerberus.response_body_size',
      'cerberus.route',
      'cerberus.scheme',
      'cerberus.source_ip',
      'cerberus.synthetic_type',
      'cerberus.user_id',
      'http.method',
      'http.request.body.size',
      'http.request.method',
      'http.response.body.size',
      'http.response.status_code',
      'http.route',
      'network.protocol.version',
      'url.path',
      'url.scheme',
      'user_agent.synthetic.type',
    ]);
  });

  it('sends the user agent only when asked to', () => {
    expect(translated({ 'user_agent.original': 'curl' }).userAgent).to.equal(undefined);
    expect(translated({ 'user_agent.original': 'curl' }, { captureUserAgent: true }).userAgent).to.equal(
      'curl',
    );
    expect(translated({ 'http.user_agent': 'old' }, { captureUserAgent: true }).userAgent).to.equal('old');
  });

  it('calls a 5xx or an error status an error when the processor said nothing, and ignores other words', () => {
    expect(translated({ 'http.response.status_code': 500 }).outcome).to.equal('error');
    expect(translated({ 'cerberus.outcome': 'nonsense' }).outcome).to.equal('completed');
    const failed = translateServerSpan(serverSpan({}, { status: { code: 2 } }), config);
    expect(failed?.outcome).to.equal('error');
  });

  it('reads a status and sizes that are written as texts, as by Deno and Envoy', () => {
    const event = translated({
      'http.response.status_code': '503',
      'http.request.body.size': '12',
      'http.response.body.size': '0',
    });
    expect([event.statusCode, event.outcome, event.requestBodySize, event.responseBodySize]).to.deep.equal([
      503,
      'error',
      12,
      0,
    ]);
    for (const text of ['', ' 200', '200 OK', '2e2', '0x10', '-1', '1.0', '١٢٣', '9'.repeat(16)])
      expect(translated({ 'http.response.status_code': text }).statusCode, text).to.equal(undefined);
  });

  it('leaves out a status that is no integer', () => {
    expect(translated({ 'http.response.status_code': 'x' }).statusCode).to.equal(undefined);
    expect(translated({ 'http.response.status_code': NaN }).statusCode).to.equal(undefined);
  });
});
