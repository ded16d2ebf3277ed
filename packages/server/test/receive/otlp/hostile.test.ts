// Whatever bytes arrive: each span is an event, no request, or refused, and nothing else happens.
import { create, toBinary } from '@bufbuild/protobuf';
import { expect } from 'chai';
import fc from 'fast-check';

import { createSpanAddress } from '../../../dist/addresses/span-address.js';
import { validateEvent } from '../../../dist/event/validation.js';
import { BINARY_ENCODING } from '../../../dist/receive/otlp/binary-encoding.js';
import type { Encoding } from '../../../dist/receive/otlp/encoding.js';
import { JSON_ENCODING } from '../../../dist/receive/otlp/json-encoding.js';
import {
  AttributeSchema,
  ScopeSpansSchema,
  SpanSchema,
  TraceRequestSchema,
  ValueSchema,
} from '../../../dist/receive/otlp/schema/otlp_pb.js';
import { SpanEvents, type SpanVerdict } from '../../../dist/receive/otlp/span-events.js';
import { anyValue, jsonSpan, keyValues, traceRequest } from '../../support/senders/otlp.js';

const events = new SpanEvents({
  addressOf: createSpanAddress(false, 'peer'),
  secretKey: () => 'k',
  validate: (value, clientId) => validateEvent(value, clientId),
});

function verdictsOn(encoding: Encoding, bytes: Buffer): readonly SpanVerdict[] | 'no request' {
  let resources;
  try {
    resources = encoding.readRequest(bytes, 1000);
  } catch {
    return 'no request';
  }
  return resources.flatMap(({ spans }) => spans.map((span) => events.judge(span, encoding, 'shop')));
}

/** The one verdict on a SERVER span in JSON. */
function verdictOn(attributes: unknown, overrides: Record<string, unknown> = {}): SpanVerdict {
  return events.judge(jsonSpan({}, { attributes, ...overrides }), JSON_ENCODING, 'shop');
}

function binaryRequest(value: Uint8Array): Buffer {
  const attribute = (key: string, text: string): object =>
    create(AttributeSchema, {
      key,
      value: toBinary(ValueSchema, create(ValueSchema, { value: { case: 'stringValue', value: text } })),
    });
  const span = create(SpanSchema, {
    traceId: new Uint8Array(16).fill(1),
    spanId: new Uint8Array(8).fill(2),
    startTimeUnixNano: 1n,
    endTimeUnixNano: 2n,
    attributes: [
      attribute('http.request.method', 'GET'),
      attribute('url.path', '/a'),
      { key: 'cerberus.metric.m', value: value as Uint8Array<ArrayBuffer> },
    ] as never,
  });
  // SERVER, which the schema keeps apart from the rest of a span.
  const bytes = Buffer.concat([toBinary(SpanSchema, span), Buffer.from([0x30, 0x02])]);
  const scopeSpans = [create(ScopeSpansSchema, { spans: [bytes as Uint8Array<ArrayBuffer>] })];
  return Buffer.from(
    toBinary(TraceRequestSchema, create(TraceRequestSchema, { resourceSpans: [{ scopeSpans }] })),
  );
}

function expectSane(verdicts: readonly SpanVerdict[] | 'no request'): void {
  for (const verdict of verdicts === 'no request' ? [] : verdicts) {
    expect(verdict.kind).to.be.oneOf(['event', 'other', 'refused']);
    if (verdict.kind !== 'event') continue;
    const { event } = verdict;
    expect(event.sourceIp ?? '0'.repeat(64)).to.match(/^[\da-f]{64}$/);
    expect(JSON.parse(event.customData)).to.be.an('object');
  }
  expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
}

describe('hostile OTLP', () => {
  it('in Protocol Buffers with bytes changed, cut off or added makes no other verdict', () => {
    const good = binaryRequest(Buffer.from([0x0a, 0x01, 0x78]));
    expect(verdictsOn(BINARY_ENCODING, good)).to.have.length(1);
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.nat(good.length), fc.uint8Array({ maxLength: 9 }), (all, length, more) => {
        const bytes = Buffer.from(good);
        for (const [index, byte] of all) bytes[index] = byte;
        expectSane(verdictsOn(BINARY_ENCODING, Buffer.concat([bytes.subarray(0, length), more])));
        expectSane(verdictsOn(BINARY_ENCODING, bytes));
      }),
      { numRuns: 1500 },
    );
  });

  it('in JSON of any shape makes no other verdict', () => {
    const text = JSON.stringify(traceRequest(jsonSpan({ 'cerberus.metric.a': [1, 'x'] })));
    const names = fc.constantFrom(
      'resourceSpans',
      'resource',
      'scopeSpans',
      'spans',
      'attributes',
      'key',
      'value',
      'stringValue',
      'arrayValue',
      'values',
      'kind',
      'traceId',
      'startTimeUnixNano',
      'status',
      '__proto__',
    );
    const replacement = fc.json({ maxDepth: 2 });
    fc.assert(
      fc.property(names, replacement, (name, json) => {
        const changed = text.replace(new RegExp(`"${name}":("[^"]*"|\\d+|[[{])`), `"${name}":${json},"x":$1`);
        expectSane(verdictsOn(JSON_ENCODING, Buffer.from(changed)));
      }),
      { numRuns: 1500 },
    );
  });

  it('cannot reach a prototype by the names of attributes, metrics or members', () => {
    const attributes = [
      ...keyValues({ 'http.request.method': 'GET', 'url.path': '/a' }),
      { key: '__proto__', value: anyValue('polluted') },
      { key: 'constructor', value: anyValue('polluted') },
      { key: 'cerberus.metric.__proto__', value: anyValue('polluted') },
      { key: 'cerberus.metric.kept', value: anyValue(1) },
    ];
    const verdict = verdictOn(attributes, JSON.parse('{"__proto__":{"polluted":true}}') as object as never);
    expectSane([verdict]);
    expect(verdict.kind === 'event' && verdict.event.customData).to.equal('{"kept":1}');
  });

  it('with values that are nested deeply, huge or not finite is read without harm', () => {
    let deep: unknown = anyValue(1);
    for (let depth = 0; depth < 5000; depth += 1) deep = { arrayValue: { values: [deep] } };
    const base = keyValues({ 'http.request.method': 'GET', 'url.path': '/a' });
    const customData = (value: unknown): unknown => {
      const verdict = verdictOn([...base, { key: 'cerberus.metric.m', value }]);
      return verdict.kind === 'event' ? verdict.event.customData : verdict;
    };
    expect(customData(deep)).to.equal('{}');
    expect(customData({ kvlistValue: { values: [] } })).to.equal('{}');
    expect(customData({ doubleValue: 'NaN' })).to.equal('{}');
    expect(customData({ doubleValue: 'Infinity' })).to.equal('{}');
    expect(customData({ intValue: '9223372036854775807' })).to.equal('{"m":9223372036854776000}');
    expect(customData({ intValue: 7 })).to.equal('{"m":7}');
    expect(customData({ intValue: '' })).to.equal('{}');
    expect(customData(anyValue('x'.repeat(100_000)))).to.have.length(1024 + '{"m":""}'.length);
    let nested = Buffer.from([0x08, 0x01]);
    for (let depth = 0; depth < 2000 && nested.length < 100_000; depth += 1) {
      const length = Buffer.from([
        (nested.length & 0x7f) | 0x80,
        ((nested.length >> 7) & 0x7f) | 0x80,
        nested.length >> 14,
      ]);
      nested = Buffer.concat([Buffer.from([0x2a]), length, nested]);
    }
    expect(verdictsOn(BINARY_ENCODING, binaryRequest(nested))).to.have.length(1);
  });

  it('with times that are none is counted as of its arrival, or refused', () => {
    const base = keyValues({ 'http.request.method': 'GET', 'url.path': '/a' });
    for (const [start, end, kind] of [
      ['0', '0', 'event'],
      [undefined, undefined, 'event'],
      [1_700_000_000_000_000_000, 1_700_000_000_000_000_000, 'event'],
      ['18446744073709551615', '0', 'event'],
      ['99999999999999999999', '0', 'event'],
      ['-1', '0', 'refused'],
      [1.5, 2, 'refused'],
      [{}, 2, 'refused'],
    ] as const)
      expect(
        verdictOn(base, { startTimeUnixNano: start, endTimeUnixNano: end }).kind,
        String(start),
      ).to.equal(kind);
  });
});
