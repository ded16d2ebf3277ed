import { expect } from 'chai';
import fc from 'fast-check';

import { TEXT_LIMITS, validateEvent, type EventVerdict } from '../../dist/event/validation.js';
import { HASH, wireEvent } from '../support/events/events.js';

type Accepted = Extract<EventVerdict, { ok: true }>;

function accepted(members: Record<string, unknown> = {}): Accepted {
  const verdict = validateEvent(wireEvent(members), 'my-app');
  if (!verdict.ok) throw new Error(`refused: ${verdict.error}`);
  return verdict;
}

function refusal(value: unknown): string {
  const verdict = validateEvent(value, 'my-app');
  if (verdict.ok) throw new Error('accepted');
  return verdict.error;
}

describe('validateEvent', () => {
  it('reads every member', () => {
    const { event, adjustments } = accepted({
      user_id: 'u-1',
      user_agent: 'curl/8',
      session_id: 's-1',
      sample_rate: 0.1,
      error_type: 'ER_DUP_ENTRY',
      request_body_size: 0,
      response_body_size: 12,
      network_protocol_version: '2',
      user_agent_synthetic_type: 'test',
      service_version: '1.4.2',
      deployment_environment: 'production',
      consumer: HASH,
      consumer_group: 'pro',
      consumer_label: 'Acme Inc.',
      unknown: { ignored: true },
    });
    expect(event).to.deep.equal({
      clientId: 'my-app',
      sourceIp: HASH,
      endpoint: '/api/users/42',
      scheme: true,
      method: 'GET',
      customData: '{"items_processed":10,"cache_hit":true}',
      timestamp: Date.UTC(2025, 2, 1, 12),
      statusCode: 200,
      latencyMs: 12.345,
      route: '/api/users/:id',
      outcome: 'completed',
      userId: 'u-1',
      userAgent: 'curl/8',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      sessionId: 's-1',
      sampleRate: 0.1,
      errorType: 'ER_DUP_ENTRY',
      requestBodySize: 0,
      responseBodySize: 12,
      protocolVersion: '2',
      syntheticType: 'test',
      release: '1.4.2',
      environment: 'production',
      consumer: HASH,
      consumerGroup: 'pro',
      consumerLabel: 'Acme Inc.',
      // The server names it later.
      pathGroup: null,
    });
    expect(adjustments).to.deep.equal([]);
  });

  it('needs only endpoint and method', () => {
    const verdict = validateEvent({ endpoint: '/', method: 'GET' }, 'my-app');
    expect(verdict).to.have.property('ok', true);
  });

  for (const value of [undefined, null, 1, 'text', true, [], [{}]]) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      expect(refusal(value)).to.equal('event must be a JSON object');
    });
  }

  for (const [name, value] of [
    ['endpoint', undefined],
    ['endpoint', null],
    ['method', undefined],
    ['method', null],
    ['method', ''],
  ] as const) {
    it(`refuses an event whose ${name} is ${JSON.stringify(value)}`, () => {
      expect(refusal(wireEvent({ [name]: value }))).to.equal(`\`${name}\` is missing`);
    });
  }

  const wrongTypes: Record<string, readonly [unknown, string]> = {
    endpoint: [7, '`endpoint` must be a string'],
    method: [{}, '`method` must be a string'],
    scheme: ['https', '`scheme` must be a boolean'],
    custom_data: [[1], '`custom_data` must be an object'],
    timestamp: [1_740_830_400_000, '`timestamp` must be a string'],
    status_code: ['200', '`status_code` must be a number'],
    latency_ms: ['12', '`latency_ms` must be a number'],
    route: [1, '`route` must be a string'],
    outcome: [true, '`outcome` must be a string'],
    user_id: [{}, '`user_id` must be a string'],
    user_agent: [[], '`user_agent` must be a string'],
    trace_id: [1, '`trace_id` must be a string'],
    source_ip: [{}, '`source_ip` must be a string'],
  };
  for (const [name, [value, error]] of Object.entries(wrongTypes)) {
    it(`refuses an event whose ${name} is ${JSON.stringify(value)}`, () => {
      expect(refusal(wireEvent({ [name]: value }))).to.equal(error);
    });
  }

  const unusable: Record<string, readonly [string, unknown]> = {
    timestamp: ['timestamp', 'yesterday'],
    status_code: ['statusCode', 1200],
    latency_ms: ['latencyMs', -1],
    outcome: ['outcome', 'timeout'],
    trace_id: ['traceId', 'ABC'],
    span_id: ['spanId', ''],
    sample_rate: ['sampleRate', 2],
    error_type: ['errorType', 'no such user: jane@example.com'],
    request_body_size: ['requestBodySize', -1],
    response_body_size: ['responseBodySize', '12'],
    network_protocol_version: ['protocolVersion', 'HTTP/1.1 and more'],
    user_agent_synthetic_type: ['syntheticType', { of: 'another sender' }],
    service_version: ['release', 7],
    deployment_environment: ['environment', 'x'.repeat(257)],
    consumer: ['consumer', 42],
    consumer_group: ['consumerGroup', ''],
    consumer_label: ['consumerLabel', 'a\0b'],
  };
  for (const [name, [property, value]] of Object.entries(unusable)) {
    it(`keeps an event whose ${name} is ${JSON.stringify(value)}, without it`, () => {
      const { event, adjustments } = accepted({ [name]: value });
      expect(event).to.have.property(property, null);
      expect(adjustments).to.deep.equal(['value_out_of_range']);
    });
  }

  it('keeps no query of a route, and no host', () => {
    expect(accepted({ route: 'https://user:pass@host/a/:b?secret=1' }).event.route).to.equal('/a/:b');
    expect(accepted({ route: '/users/:id?' }).event.route).to.equal('/users/:id?');
    expect(accepted({ route: 'https://host' }).event.route).to.equal(null);
  });

  it('takes an empty text for none where requests can be asked for by it', () => {
    const { event, adjustments } = accepted({ route: '', user_id: '', session_id: '' });
    expect(event).to.include({ route: null, userId: null, sessionId: null });
    expect(adjustments).to.deep.equal([]);
  });

  it('keeps no number that an answer cannot say, or that does not add up with another one', () => {
    const { event, adjustments } = accepted({
      latency_ms: JSON.parse('1e999'),
      request_body_size: Number.MAX_SAFE_INTEGER,
      response_body_size: JSON.parse('1e999'),
    });
    expect(event).to.include({ latencyMs: null, requestBodySize: null, responseBodySize: null });
    expect(adjustments).to.deep.equal(Array.from({ length: 3 }, () => 'value_out_of_range'));
  });

  it('takes null for "not given" everywhere it may be left out', () => {
    const names = Object.keys(wireEvent()).filter((name) => name !== 'endpoint' && name !== 'method');
    const { event, adjustments } = accepted(Object.fromEntries(names.map((name) => [name, null])));
    expect(event).to.include({
      sourceIp: null,
      scheme: null,
      customData: '{}',
      timestamp: null,
      outcome: null,
    });
    expect(adjustments).to.deep.equal([]);
  });

  const notHashes = [
    '203.0.113.77',
    '2001:db8::1',
    HASH.toUpperCase(),
    HASH.slice(1),
    `${HASH}0`,
    `${HASH}\n`,
    '',
  ];
  for (const address of notHashes) {
    it(`does not keep ${JSON.stringify(address)} as an address`, () => {
      for (const name of ['source_ip', 'remote_addr']) {
        const { event, adjustments } = accepted({ source_ip: undefined, [name]: address });
        expect(event.sourceIp).to.equal(null);
        expect(adjustments).to.deep.equal(['source_ip_not_hashed']);
        expect(JSON.stringify(event)).not.to.include('203.0.113.77');
      }
    });
  }

  it('prefers source_ip to remote_addr, unless it is null', () => {
    const other = HASH.replace('3', '4');
    expect(accepted({ remote_addr: other }).event.sourceIp).to.equal(HASH);
    expect(accepted({ source_ip: null, remote_addr: other }).event.sourceIp).to.equal(other);
  });

  it('cuts the query and the fragment off the path', () => {
    expect(accepted({ endpoint: '/a?token=secret' }).event.endpoint).to.equal('/a');
    expect(accepted({ endpoint: '/a#x?y' }).event.endpoint).to.equal('/a');
    expect(accepted({ endpoint: '?token=secret' }).event.endpoint).to.equal('/');
  });

  it('keeps of an endpoint that is a URL its path, and not who asked whom', () => {
    const kept = (endpoint: string): string => accepted({ endpoint }).event.endpoint;
    expect(kept('https://user:password@shop.example/a/b?token=secret')).to.equal('/a/b');
    expect(kept('HTTP://user@shop.example')).to.equal('/');
    expect(kept('/a/http://shop.example/b')).to.equal('/a/http://shop.example/b');
    expect(kept('shop.Orders/Get')).to.equal('shop.Orders/Get');
  });

  it('keeps no class of an error that has an address in it', () => {
    for (const type of ['ECONNREFUSED_203.0.113.9', 'ip-203-0-113-9.example'])
      expect(accepted({ error_type: type }).event.errorType, type).to.equal(null);
    expect(accepted({ error_type: 'v1.2.Error-3' }).event.errorType).to.equal('v1.2.Error-3');
  });

  it('cuts texts over their limit and says so', () => {
    const { event, adjustments } = accepted({
      endpoint: `/${'é'.repeat(2000)}`,
      user_agent: 'x'.repeat(2000),
    });
    expect(Buffer.byteLength(event.endpoint)).to.equal(TEXT_LIMITS.path - 1);
    expect(event.userAgent).to.have.length(TEXT_LIMITS.userAgent);
    expect(adjustments).to.deep.equal(['text_cut', 'text_cut']);
  });

  it('writes a numeric user id as a text, as integer primary keys are', () => {
    expect(accepted({ user_id: 42 }).event.userId).to.equal('42');
    expect(accepted({ user_id: 2 ** 53 - 1 }).event.userId).to.equal('9007199254740991');
  });

  it('takes two users that JSON numbers cannot tell apart for none, and never for one', () => {
    const [one, other] = ['1234567890123456789', '1234567890123456790'].map((id) =>
      accepted(JSON.parse(`{"user_id":${id},"session_id":1e999}`) as Record<string, unknown>),
    );
    for (const verdict of [one, other]) {
      expect(verdict?.event).to.include({ userId: null, sessionId: null });
      expect(verdict?.adjustments).to.deep.equal(['value_out_of_range', 'value_out_of_range']);
    }
    expect(accepted({ user_id: '1234567890123456789' }).event.userId).to.equal('1234567890123456789');
  });

  it('takes the client id from the event when the connection has none', () => {
    const verdict = validateEvent(wireEvent({ client_id: 'own' }));
    expect(verdict.ok && verdict.event.clientId).to.equal('own');
    expect(validateEvent(wireEvent())).to.deep.equal({ ok: false, error: '`client_id` is missing' });
    const nameless = wireEvent({ client_id: '\u{FEFF}' });
    expect(validateEvent(nameless)).to.deep.equal({ ok: false, error: '`client_id` is missing' });
  });

  it('keeps an event whose endpoint is empty: its sender was told to send no path', () => {
    const { event, adjustments } = accepted({ endpoint: '' });
    expect([event.endpoint, adjustments]).to.deep.equal(['', []]);
  });

  it('reads own members only', () => {
    const inherited = Object.create(wireEvent()) as unknown;
    expect(refusal(inherited)).to.equal('`endpoint` is missing');
  });

  it('reports metrics that were left out', () => {
    expect(accepted({ custom_data: { large: 'x'.repeat(20_000) } }).adjustments).to.deep.equal([
      'metric_dropped',
    ]);
  });

  it('gives, for any JSON value, the same verdict every time and never throws', () => {
    const member = fc.oneof(fc.jsonValue(), fc.constantFrom('/a', 'GET', HASH, 200, true));
    const names = fc.constantFrom(
      ...Object.keys(wireEvent()),
      'client_id',
      'user_id',
      '__proto__',
      'toString',
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(names, member)), (value) => {
        const first = validateEvent(value, 'my-app');
        expect(validateEvent(value, 'my-app')).to.deep.equal(first);
        if (!first.ok) return;
        expect(first.event.sourceIp ?? HASH).to.match(/^[0-9a-f]{64}$/);
        expect(JSON.parse(first.event.customData)).to.be.an('object');
      }),
    );
  });
});
