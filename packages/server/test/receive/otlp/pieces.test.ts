// Requests of millions of empty pieces, which a few KiB of gzip are enough for: they are refused before anything is made of them.
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { MAX_SPAN_ATTRIBUTES } from '../../../dist/receive/otlp/pieces.js';
import type { CerberusServer } from '../../../dist/server.js';
import { jsonSpan, keyValues, traceRequest } from '../../support/senders/otlp.js';
import { server, TOKEN } from '../../support/servers/server-fixture.js';

const MAX_OTLP_BYTES = 2_097_152;
const MOST = MAX_OTLP_BYTES / 32;
const TOO_MANY = `more than ${MOST} resources, scopes, spans and attributes of resources`;

const JSON_TYPE = 'application/json';
const BINARY_TYPE = 'application/x-protobuf';

const SPAN_ID = Buffer.from('0102030405060708', 'hex');

/** A field of Protocol Buffers that is a message, a text or bytes. */
function field(number: number, ...content: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat(content);
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), bytes]);
}

function text(value: string): Buffer {
  return Buffer.from(value);
}

function repeated(piece: Buffer, times: number): Buffer {
  return Buffer.alloc(piece.length * times, piece);
}

function attribute(key: string, value: Buffer): Buffer {
  return field(9, field(1, text(key)), field(2, value));
}

/** A SERVER span, but for its attributes. */
function binarySpan(...attributes: readonly Buffer[]): Buffer {
  const kind = Buffer.from([0x30, 2]);
  return field(2, field(1, Buffer.alloc(16, 1)), field(2, SPAN_ID), kind, ...attributes);
}

describe('an OTLP request of too many pieces', () => {
  let running: CerberusServer;

  async function send(body: Buffer | string, type: string): Promise<Response> {
    return fetch(`${running.url}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': type, 'content-encoding': 'gzip' },
      body: gzipSync(body),
      signal: AbortSignal.timeout(15_000),
    });
  }

  async function stored(): Promise<readonly Record<string, unknown>[]> {
    const response = await fetch(`${running.url}/api/events`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return ((await response.json()) as { events: Record<string, unknown>[] }).events;
  }

  beforeEach(async () => {
    running = await server({ maxOtlpBytes: MAX_OTLP_BYTES });
  });

  const empty = (number: number): Buffer => repeated(field(number), MOST + 1);
  const objects = Array(MOST + 1)
    .fill('{}')
    .join(',');
  const requests: readonly (readonly [what: string, type: string, body: Buffer | string])[] = [
    ['resources', BINARY_TYPE, empty(1)],
    ['scopes', BINARY_TYPE, field(1, empty(2))],
    ['spans', BINARY_TYPE, field(1, field(2, empty(2)))],
    ['attributes of a resource', BINARY_TYPE, field(1, field(1, empty(1)))],
    ['resources', JSON_TYPE, `{"resourceSpans":[${objects}]}`],
    ['scopes', JSON_TYPE, `{"resourceSpans":[{"scopeSpans":[${objects}]}]}`],
    ['spans', JSON_TYPE, `{"resourceSpans":[{"scopeSpans":[{"spans":[${objects}]}]}]}`],
    ['attributes of a resource', JSON_TYPE, `{"resourceSpans":[{"resource":{"attributes":[${objects}]}}]}`],
    ['objects that are none of these', JSON_TYPE, `{"x":[${objects},${objects}]}`],
  ];
  for (const [what, type, body] of requests) {
    it(`is refused with 413, whatever they are: ${what} (${type})`, async () => {
      const response = await send(body, type);
      expect(response.status).to.equal(413);
      expect(await response.text()).to.contain(TOO_MANY);
      expect(running.stats().refusals).to.deep.equal({ too_large: 1 });
    });
  }

  it('is none that is full of the smallest spans that are valid', async () => {
    const span = binarySpan();
    const spans = repeated(span, Math.floor((MAX_OTLP_BYTES - 100) / span.length));
    const response = await send(field(1, field(2, spans)), BINARY_TYPE);
    expect(response.status).to.equal(200);
    expect(running.stats().otherSpans).to.equal(spans.length / span.length);
  });

  it('is none for the braces and quotes in its texts', async () => {
    const query = '{[\\"{[\\\\'.repeat(150_000);
    const span = jsonSpan({ 'db.query.text': query, 'url.path': '/queried' });
    expect((await send(JSON.stringify(traceRequest(span)), JSON_TYPE)).status).to.equal(200);
    expect((await stored()).map(({ endpoint }) => endpoint)).to.deep.equal(['/queried']);
  });

  for (const type of [BINARY_TYPE, JSON_TYPE]) {
    it(`is not refused for one span of too many attributes, which alone is (${type})`, async () => {
      const method = attribute('http.request.method', field(1, text('GET')));
      const some = repeated(field(9), MAX_SPAN_ATTRIBUTES);
      const body =
        type === BINARY_TYPE
          ? field(1, field(2, binarySpan(method, some), binarySpan(method)))
          : JSON.stringify(
              traceRequest(
                jsonSpan({}, { attributes: Array.from({ length: MAX_SPAN_ATTRIBUTES + 1 }, () => ({})) }),
                jsonSpan(),
              ),
            );
      expect((await send(body, type)).status).to.equal(200);
      expect(running.stats().byMode.otlp).to.deep.equal({ stored: 1, duplicates: 0, rejected: 1 });
    });

    it(`is not refused for a list without end, of which the first elements are kept (${type})`, async () => {
      const first = ['one', 'two'];
      const method = { 'http.request.method': 'GET' };
      const body =
        type === BINARY_TYPE
          ? field(1, field(2, binarySpan(...binaryList(first))))
          : JSON.stringify(
              traceRequest(
                jsonSpan(
                  {},
                  { attributes: keyValues({ ...method, 'cerberus.metric.list': jsonList(first) }) },
                ),
              ),
            );
      expect((await send(body, type)).status).to.equal(200);
      const [{ list } = { list: [] }] = (await stored()).map(
        (event) => event['custom_data'] as { readonly list: readonly unknown[] },
      );
      expect(list.slice(0, 3)).to.deep.equal([...first, '']);
      expect(list).to.have.length(64);
    });
  }
});

function binaryList(first: readonly string[]): readonly Buffer[] {
  const element = (value: string): Buffer => field(1, field(1, text(value)));
  const elements = [...first.map(element), repeated(element(''), 100_000)];
  return [
    attribute('http.request.method', field(1, text('GET'))),
    attribute('cerberus.metric.list', field(5, ...elements)),
  ];
}

function jsonList(first: readonly string[]): readonly string[] {
  return [...first, ...Array<string>(20_000).fill('')];
}
