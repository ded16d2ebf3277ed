import { expect } from 'chai';
import type { Attributes } from '@opentelemetry/api';
import { translate } from '../../dist/esm/event/transform.js';
import { HASH, serverSpan } from '../support/spans.js';

const config = { endpointFrom: 'path', captureUserAgent: true, allowRawSourceIp: true } as const;
const OLD = { 'rpc.system': 'grpc', 'rpc.service': 'shop.Shop', 'rpc.method': 'GetUser' };
const NEW = { 'rpc.system.name': 'grpc', 'rpc.method': 'shop.Shop/GetUser' };

/** The event of a gRPC span, which has nothing of HTTP. */
function event(attributes: Attributes, status = 0): ReturnType<typeof translate> {
  const span = serverSpan({}, { attributes, status: { code: status } });
  return translate(span, config);
}

describe('gRPC span to event', () => {
  it('translates a call, with nothing that the span does not tell', () => {
    const span = serverSpan({}, { attributes: { ...OLD, 'cerberus.metric.n': 1, 'cerberus.user_id': 'u' } });
    expect(translate(span, config)).to.deep.equal({
      sourceIp: null,
      endpoint: '/shop.Shop/GetUser',
      scheme: false,
      method: 'POST',
      attributes: span.attributes,
      startTime: span.startTime,
      statusCode: undefined,
      duration: span.duration,
      route: undefined,
      outcome: 'completed',
      userId: 'u',
      consumer: undefined,
      consumerGroup: undefined,
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

  it('takes only a pseudonym for a consumer', () => {
    expect(event({ ...OLD, 'cerberus.consumer': 'a'.repeat(64) })?.consumer).to.equal('a'.repeat(64));
    expect(event({ ...OLD, 'cerberus.consumer': 'acme' })?.consumer).to.equal(undefined);
  });

  it('reads the old and the new attribute names', () => {
    expect(event(NEW)?.endpoint).to.equal('/shop.Shop/GetUser');
    expect(event({ ...NEW, 'rpc.method': '/shop.Shop/GetUser' })?.endpoint).to.equal('/shop.Shop/GetUser');
  });

  it('takes the outcome from the code, by number or by name: 1 is aborted, a fault of the server an error', () => {
    const outcomes = Array.from(
      { length: 17 },
      (_, code) => event({ ...OLD, 'rpc.grpc.status_code': code }, 2)?.outcome,
    );
    const errors = new Set([2, 4, 12, 13, 14, 15]);
    const expected = outcomes.map((_, code) =>
      code === 1 ? 'aborted' : errors.has(code) ? 'error' : 'completed',
    );
    expect(outcomes).to.deep.equal(expected);
    const named = (name: string): unknown => event({ ...NEW, 'rpc.response.status_code': name }, 2)?.outcome;
    expect(['OK', 'CANCELLED', 'INTERNAL', 'NOT_FOUND'].map(named)).to.deep.equal([
      'completed',
      'aborted',
      'error',
      'completed',
    ]);
  });

  it('reads a code that is written as a text of digits', () => {
    const outcomes = ['0', '1', '14'].map((code) => event({ ...OLD, 'rpc.grpc.status_code': code })?.outcome);
    expect(outcomes).to.deep.equal(['completed', 'aborted', 'error']);
  });

  it("takes the span's status for the outcome where no code is known", () => {
    expect(event(OLD, 2)?.outcome).to.equal('error');
    expect(event(OLD, 1)?.outcome).to.equal('completed');
  });

  it('names the class that was recorded, where `error.type` is a code', () => {
    const named = { ...OLD, 'rpc.grpc.status_code': 13, 'cerberus.error_type': 'TypeError' };
    for (const code of ['13', '500'])
      expect(event({ ...named, 'error.type': code }, 2)?.errorType).to.equal('TypeError');
    expect(event({ ...named, 'error.type': 'INTERNAL' }, 2)?.errorType).to.equal('INTERNAL');
  });

  it('sends no address, whatever stands on the span', () => {
    const named = {
      'cerberus.source_ip': HASH,
      'network.peer.address': '203.0.113.77',
      'client.address': 'a',
    };
    expect(event({ ...OLD, ...named })?.sourceIp).to.equal(null);
  });

  it('makes no event of an ignored call, of a client, of another system, or of half a name', () => {
    expect(event({ ...OLD, 'cerberus.ignored': true })).to.equal(undefined);
    expect(translate(serverSpan({}, { kind: 2, attributes: OLD }), config)).to.equal(undefined);
    expect(event({ ...OLD, 'rpc.system': 'java_rmi' })).to.equal(undefined);
    expect(event({ ...OLD, 'rpc.service': undefined })).to.equal(undefined);
    expect(event({ ...OLD, 'rpc.method': '' })).to.equal(undefined);
  });

  it('is HTTP first where a span is both', () => {
    expect(event({ ...OLD, 'http.request.method': 'GET', 'url.path': '/x' })?.endpoint).to.equal('/x');
  });
});
