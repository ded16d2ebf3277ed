// The JSON Schema of the protocol says of events and messages what the code that reads them says.
import { readFileSync } from 'node:fs';

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import fc from 'fast-check';

import { validateEvent } from '../../dist/event/validation.js';
import { parseClientMessage } from '../../dist/receive/batch-protocol.js';
import { HASH, wireEvent } from '../support/events/events.js';
import { server, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../dist/schemas/event.json', import.meta.url), 'utf8'),
) as { readonly $defs: Readonly<Record<string, object>> };
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
ajv.compile(SCHEMA);

function schemaOf(name: string): ValidateFunction {
  const validate = ajv.getSchema(`urn:cerberus:event#/$defs/${name}`);
  if (validate === undefined) throw new Error(`there is no ${name}`);
  return validate;
}

/** Values that a member may have, and some that it may not. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, 1, 200, 999, 1000, -1, 0.5, 2 ** 53, 1e300),
  fc.constantFrom(
    '',
    '/a',
    '/a?b',
    '/a/:b?',
    '/a/:b?c=d',
    'https://host/a',
    'GET',
    HASH,
    HASH.toUpperCase(),
    HASH.slice(32),
    HASH.slice(48),
    'completed',
    'bot',
  ),
  fc.constantFrom(
    '404',
    'TypeError',
    'no such user: x',
    '2',
    '1.1',
    'HTTP/2',
    'é'.repeat(1200),
    'a'.repeat(2049),
  ),
  fc.constantFrom(
    '2025-03-01T12:00:00.000Z',
    '2025-03-01 12:00:00',
    '2025-13-01T12:00:00Z',
    '1969-01-01T00:00:00Z',
  ),
  fc.constantFrom({}, { items: 1 }, { ['k'.repeat(257)]: 1 }, { large: 'x'.repeat(17_000) }, []),
  fc.string(),
  fc.jsonValue({ maxDepth: 2 }),
);
const MEMBERS = [
  ...Object.keys(wireEvent()),
  'remote_addr',
  'client_id',
  'user_id',
  'user_agent',
  'session_id',
  'sample_rate',
  'error_type',
  'request_body_size',
  'response_body_size',
  'network_protocol_version',
  'user_agent_synthetic_type',
  'service_version',
  'deployment_environment',
  'consumer',
  'consumer_group',
  'consumer_label',
  'of another sender',
  '__proto__',
];
/** A few members of a good event, or of none, are something else or not there. */
const event = fc
  .tuple(
    fc.boolean(),
    fc.dictionary(fc.constantFrom(...MEMBERS), anything, { maxKeys: 3 }),
    fc.subarray(MEMBERS, { maxLength: 3 }),
  )
  .map(([isGood, members, left]) => {
    const all = { ...(isGood ? wireEvent() : { endpoint: '/', method: 'GET' }), ...members };
    return Object.fromEntries(Object.entries(all).filter(([name]) => !left.includes(name)));
  });

const isBeyondAscii = (value: unknown): boolean => typeof value === 'string' && /[^\0-\x7f]/.test(value);

/** What a schema cannot tell: bytes of UTF-8, days that there are not, times before 1970, bytes and depth of metrics. */
function isBeyondSchemas(value: Readonly<Record<string, unknown>>): boolean {
  const { timestamp, custom_data: metrics } = value;
  const time = typeof timestamp === 'string' ? Date.parse(timestamp.replace(' ', 'T')) : 0;
  return (
    Object.values(value).some(isBeyondAscii) || !(time >= 0) || JSON.stringify(metrics ?? null).length > 4000
  );
}

describe('the JSON Schema of an event', () => {
  const isTaken = schemaOf('event');
  const isKept = schemaOf('keptEvent');
  const isNamed = schemaOf('namedEvent');

  it('takes what the server takes, and refuses what it refuses', () => {
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: event }, fc.jsonValue()), (value) => {
        const { ok } = validateEvent(value, 'my-app');
        expect(isTaken(value), JSON.stringify(value)).to.equal(ok);
        seen[ok ? 'taken' : 'refused'] += 1;
      }),
      { numRuns: 5000 },
    );
    expect(seen.taken).to.be.above(500);
    expect(seen.refused).to.be.above(500);
  });

  it('wants a client id of an event where no connection has said it', () => {
    fc.assert(
      fc.property(event, (value) => {
        expect(isNamed(value), JSON.stringify(value)).to.equal(validateEvent(value).ok);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows which events are kept as they are, but for what a schema cannot tell', () => {
    const seen = { kept: 0, changed: 0 };
    fc.assert(
      fc.property(event, (value) => {
        const verdict = validateEvent(value, 'my-app');
        if (!verdict.ok) return;
        const { event: read, adjustments } = verdict;
        const isRouteKept = (read.route ?? '') === (value['route'] ?? '');
        const kept = adjustments.length === 0 && read.endpoint === value['endpoint'] && isRouteKept;
        const says = isKept(value);
        if (kept) expect(says, `kept: ${JSON.stringify(value)}`).to.equal(true);
        else if (!isBeyondSchemas(value)) expect(says, `changed: ${JSON.stringify(value)}`).to.equal(false);
        seen[kept ? 'kept' : 'changed'] += 1;
      }),
      { numRuns: 5000 },
    );
    expect(seen.kept).to.be.above(300);
    expect(seen.changed).to.be.above(300);
  });
});

describe('the JSON Schema of the messages', () => {
  it('takes what a client may say in batch mode, and refuses what ends its connection', () => {
    const isMessage = schemaOf('clientMessage');
    const names = ['type', 'client_id', 'producer', 'agent', 'service_version', 'seq', 'events', 'more'];
    const member = fc.oneof(
      fc.constantFrom<unknown>('shop', '', 'a\0b', 'x'.repeat(256), 'x'.repeat(257), 'event:shop', null),
      fc.constantFrom<unknown>(0, 1, -1, 1.5, 2 ** 53, '1', []),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const hello = { type: 'hello', client_id: 'shop', producer: 'producer-1' };
    const frame = { type: 'events', seq: 1, events: [] as unknown[] };
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(hello, frame),
        fc.dictionary(fc.constantFrom(...names.slice(1)), member, { maxKeys: 2 }),
        fc.array(event, { maxLength: 2 }),
        (base, members, events) => {
          const message = { ...base, ...(base === frame && { events }), ...members };
          const read = parseClientMessage(Buffer.from(JSON.stringify(message)));
          const isGood =
            read.type === 'hello' ||
            (read.type === 'events' && read.events.every((each) => validateEvent(each, 'shop').ok));
          expect(isMessage(message), JSON.stringify(message)).to.equal(isGood);
          seen[isGood ? 'taken' : 'refused'] += 1;
        },
      ),
      { numRuns: 3000 },
    );
    expect(seen.taken).to.be.above(300);
    expect(seen.refused).to.be.above(300);
  });

  it('is of what the server says, in both modes', async () => {
    const running = await server();
    const isSaid = schemaOf('serverMessage');
    const client = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
    client.hello('producer-1');
    const says = async (type: string): Promise<void> => {
      const answer = await client.next();
      expect(answer).to.include({ type });
      expect(isSaid(answer), JSON.stringify(answer)).to.equal(true);
    };
    await says('welcome');
    client.frame(1, wireEvent());
    await says('ack');
    client.frame(2, wireEvent(), { endpoint: 1 });
    await says('nack');
    const isMessage = schemaOf('eventMessage');
    const isAnswer = schemaOf('eventAnswer');
    const single = await WsClient.connect(running.wsUrl, { token: TOKEN });
    for (const [members, isGood] of [
      [{ client_id: 'a', token: TOKEN }, true],
      [{ client_id: 'a', api_key: TOKEN, service_version: 7 }, true],
      [{ client_id: 'a', token: TOKEN, method: null }, false],
      [{ token: TOKEN }, false],
    ] as const) {
      const message = wireEvent(members);
      single.send(message);
      const answer = await single.next();
      expect(isAnswer(answer), JSON.stringify(answer)).to.equal(true);
      expect(isMessage(message), JSON.stringify(members)).to.equal(isGood);
      expect(answer['status']).to.equal(isGood ? 'ok' : 'error');
    }
    expect(isMessage(wireEvent({ client_id: 'a' })), 'without a token').to.equal(false);
  });
});
