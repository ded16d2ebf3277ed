import { expect } from 'chai';
import fc from 'fast-check';
import type { CerberusEvent } from '../../dist/esm/event/cerberus-event.js';
import { translateServerSpan } from '../../dist/esm/event/server-span.js';
import { Serializer, type SerializeConfig } from '../../dist/esm/json/serializer.js';
import { HASH, serverSpan } from '../support/spans.js';

const config = { extendedFields: true, sourceIpField: 'source_ip' } as const;

function event(attributes = {}): CerberusEvent {
  const translated = translateServerSpan(serverSpan(attributes), {
    endpointFrom: 'path',
    captureUserAgent: true,
    allowRawSourceIp: false,
  });
  if (translated === undefined) throw new Error('no event');
  return translated;
}

/** The JSON of an event. */
function serializeEvent(source: CerberusEvent, options: SerializeConfig): string {
  const bytes = Buffer.alloc(64 * 1024);
  return bytes.toString('utf8', 7, new Serializer(options).write(source, bytes, 7));
}

describe('serializer', () => {
  it('writes the members in the order of the protocol', () => {
    const full = event({
      'http.route': '/r',
      'cerberus.source_ip': HASH,
      'cerberus.user_id': 'u',
      'user_agent.original': 'a',
      'cerberus.metric.x': 1,
      'http.response.status_code': 500,
      'error.type': 'TypeError',
      'cerberus.request_body_size': 1,
      'cerberus.response_body_size': 2,
      'network.protocol.version': '1.0',
      'cerberus.synthetic_type': 'bot',
      'cerberus.consumer': HASH,
      'cerberus.consumer_group': 'pro',
      'cerberus.consumer_label': 'Acme',
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
      'error_type',
      'request_body_size',
      'response_body_size',
      'network_protocol_version',
      'user_agent_synthetic_type',
      'consumer',
      'consumer_group',
      'consumer_label',
    ]);
  });

  it('writes nothing of a consumer that is not known', () => {
    const nobody = event({ 'cerberus.consumer_group': 'pro', 'cerberus.consumer_label': 'Acme' });
    expect(serializeEvent(nobody, config)).to.not.match(/consumer|pro|Acme/);
  });

  it('writes sizes of any length, and versions and kinds as they are', () => {
    const attributes = {
      'http.request.body.size': 5_000_000_000,
      'http.response.body.size': 0,
      'network.protocol.version': '2',
      'user_agent.synthetic.type': 'test',
    };
    expect(JSON.parse(serializeEvent(event(attributes), config))).to.include({
      request_body_size: 5_000_000_000,
      response_body_size: 0,
      network_protocol_version: '2',
      user_agent_synthetic_type: 'test',
    });
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

  it('cuts paths and routes at 2 KiB and keeps the event', () => {
    const long = event({ 'url.path': `/${'x'.repeat(1_000_000)}`, 'http.route': `/${'é'.repeat(3_000)}` });
    const json = JSON.parse(serializeEvent(long, config)) as { endpoint: string; route: string };
    expect([json.endpoint.length, Buffer.byteLength(json.route)]).to.deep.equal([2048, 2047]);
  });

  it('is valid JSON whatever the ids are', () => {
    const json = JSON.parse(
      serializeEvent({ ...event(), traceId: '"\\', spanId: 'é'.repeat(99) }, config),
    ) as {
      trace_id: string;
      span_id: string;
    };
    expect([json.trace_id, json.span_id]).to.deep.equal(['"\\', 'é'.repeat(32)]);
  });

  it('tells the losses of the latest event only', () => {
    const serializer = new Serializer(config);
    const bytes = Buffer.alloc(4096);
    serializer.write(event({ 'cerberus.metric.a': NaN, 'cerberus.metric.b': 'x'.repeat(2_000) }), bytes, 0);
    expect(serializer.losses).to.deep.equal({ dropped: 1, cut: 1 });
    serializer.write(event(), bytes, 0);
    expect(serializer.losses).to.deep.equal({ dropped: 0, cut: 0 });
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
