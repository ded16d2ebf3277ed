import { expect } from 'chai';
import fc from 'fast-check';
import type { CerberusEvent } from '../dist/esm/index.js';
import { serializeEvent } from '../dist/esm/serializer.js';
import { translateServerSpan } from '../dist/esm/server-span.js';
import { HASH, serverSpan } from './support/spans.js';

const config = { extendedFields: true, sourceIpField: 'source_ip' } as const;

function event(attributes = {}): CerberusEvent {
  const translation = translateServerSpan(serverSpan(attributes), {
    endpointFrom: 'path',
    captureUserAgent: true,
    allowRawSourceIp: false,
  });
  if (translation === undefined) throw new Error('no event');
  return translation.event;
}

describe('serializer', () => {
  it('writes the members in the order of the protocol', () => {
    const full = event({
      'http.route': '/r',
      'cerberus.source_ip': HASH,
      'cerberus.user_id': 'u',
      'user_agent.original': 'a',
      'cerberus.metric.x': 1,
    });
    expect(Object.keys(JSON.parse(serializeEvent(full, config)) as object)).to.deep.equal([
      'source_ip',
      'endpoint',
      'scheme',
      'method',
      'custom_data',
      'timestamp',
      'status_code',
      'latency_ms',
      'route',
      'outcome',
      'user_id',
      'user_agent',
      'trace_id',
      'span_id',
    ]);
  });

  it('leaves out what has no value, but says that the address is null', () => {
    const json = JSON.parse(serializeEvent(event(), config)) as Record<string, unknown>;
    expect(json).to.include({ source_ip: null }).and.not.have.any.keys('route', 'user_id', 'user_agent');
    expect(json['custom_data']).to.deep.equal({});
  });

  it('writes the seed fields only without extendedFields', () => {
    const json = serializeEvent(event(), { ...config, extendedFields: false });
    expect(Object.keys(JSON.parse(json) as object)).to.deep.equal([
      'source_ip',
      'endpoint',
      'scheme',
      'method',
      'custom_data',
    ]);
  });

  it('renames the address for backends that expect remote_addr', () => {
    const json = serializeEvent(event({ 'cerberus.source_ip': HASH }), {
      ...config,
      sourceIpField: 'remote_addr',
    });
    expect(JSON.parse(json)).to.include({ remote_addr: HASH }).and.not.have.property('source_ip');
  });

  it('gives back any text as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const source = { ...event(), endpoint: text.toWellFormed(), route: text.toWellFormed() };
        const json = JSON.parse(serializeEvent(source, config)) as Record<string, unknown>;
        return json['endpoint'] === source.endpoint && json['route'] === source.route;
      }),
    );
  });
});
