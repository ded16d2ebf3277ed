// Whatever arrives on a socket, in either mode and at any moment of a connection: the process stays up, the others are
// served, and what a connection was told is stored is stored.

import { expect } from 'chai';
import fc from 'fast-check';

import type { CerberusServer } from '../../dist/server.js';
import { Bystander } from '../support/senders/bystander.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { rawClient } from '../support/senders/raw-client.js';
import { rawSocket } from '../support/senders/raw-upgrade.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

const RUNS = Number(process.env['CERBERUS_TEST_RUNS'] ?? 40);
const MOMENTS = ['batch mode, before hello', 'batch mode, after hello', 'event mode'] as const;
type Moment = (typeof MOMENTS)[number];

const KEYS =
  'type seq events hello client_id producer agent token api_key endpoint method custom_data source_ip timestamp ' +
  'status_code __proto__ constructor toJSON';
const protocolKeys = fc.constantFrom(...KEYS.split(' '));
const protocolWords = fc.constantFrom('hello', 'events', 'welcome', 'ack', 'nack', TOKEN, '', '\0', '\ud800');

/** JSON that is nearly a message: known members, known words, numbers at the edges. */
const nearlyMessages: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    protocolWords,
    fc.constantFrom(0, 1, 2, -1, 0.5, 1e308, 2 ** 53, -0, null, true),
    fc.jsonValue({ maxDepth: 2 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(protocolKeys, tie('value'), { maxKeys: 6 }),
  ),
})).value;

/** Valid messages with one member replaced. */
const damagedMessages: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.constantFrom<Record<string, unknown>>(
      { type: 'hello', client_id: 'fuzz', producer: 'fuzz' },
      { type: 'events', seq: 1, events: [wireEvent()] },
      { ...wireEvent(), client_id: 'fuzz', token: TOKEN },
    ),
    protocolKeys,
    nearlyMessages,
  )
  .map(([message, key, value]) => Object.assign({}, message, Object.fromEntries([[key, value]])));

const texts = fc.oneof(
  nearlyMessages.map((value) => JSON.stringify(value)),
  damagedMessages.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  damagedMessages.map((value) => JSON.stringify(value).slice(0, -3)),
);
const messages = fc.oneof(
  { weight: 4, arbitrary: texts },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
);

describe('fuzzed input', () => {
  let running: CerberusServer;
  let bystander: Bystander;

  before(async () => {
    running = await server({ maxUnauthenticatedConnections: 10_000 });
    bystander = await Bystander.connect(running);
  });

  after(async () => {
    await bystander.unharmed();
    await stopServers();
  });

  for (const moment of MOMENTS) {
    it(`leaves the others alone: messages in ${moment}`, async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(fc.array(messages, { minLength: 1, maxLength: 12 }), async (list) => {
          const client = await connect(moment);
          for (const message of list) client.send(message);
          await settle(client);
          await bystander.served();
          await client.close();
        }),
        { numRuns: RUNS },
      );
    });

    it(`leaves the others alone: bytes in ${moment}`, async function () {
      this.timeout(60_000);
      const mode = moment === 'event mode' ? 'event' : 'batch';
      const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), {
        minLength: 1,
        maxLength: 5,
      });
      await fc.assert(
        fc.asyncProperty(chunks, async (list) => {
          const raw = await rawClient(running.port, mode, moment === 'batch mode, after hello');
          for (const bytes of list) raw.socket.write(bytes);
          await bystander.served();
          raw.socket.destroy();
          await raw.closed;
        }),
        { numRuns: RUNS },
      );
    });
  }

  it('leaves the others alone: bytes in place of an HTTP request, and odd requests', async () => {
    const requests = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'), fc.webPath(), fc.string(), fc.string())
        .map(([method, path, name, value]) =>
          Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: x\r\n${name}: ${value}\r\n\r\n`),
        ),
    );
    await fc.assert(
      fc.asyncProperty(requests, async (bytes) => {
        const raw = await rawSocket(running.port);
        raw.socket.write(bytes);
        await bystander.served();
        raw.socket.destroy();
        await raw.closed;
      }),
      { numRuns: RUNS },
    );
  });

  it('leaves the others alone: any body at the ingest endpoint', async () => {
    const bodies = fc.oneof(
      texts,
      fc.array(nearlyMessages, { maxLength: 5 }).map((events) => JSON.stringify({ events })),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { status } = await call(`${running.url}/v1/ingest/batch`, { method: 'POST', body });
        expect(status).to.be.oneOf([200, 400]);
      }),
      { numRuns: RUNS },
    );
    await bystander.served();
  });

  it('is stored exactly as far as it was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 8 }), fc.uuid(), async (list, producer) => {
        const client = await WsClient.batch(running.wsUrl, TOKEN, producer);
        client.frame(1, wireEvent({ endpoint: `/${producer}/1` }));
        for (const text of list) client.send(text);
        await settle(client);
        // A violation that follows at once may close the connection before the answer is ready.
        const acknowledged = client.waiting > 0;
        await client.close();
        const { body } = await call(`${running.url}/api/events?endpoint=/${producer}/1`);
        expect(body['events']).to.have.length.within(acknowledged ? 1 : 0, 1);
      }),
      { numRuns: RUNS },
    );
  });

  async function connect(moment: Moment): Promise<WsClient> {
    if (moment === 'event mode') return WsClient.connect(running.wsUrl);
    if (moment === 'batch mode, after hello') return WsClient.batch(running.wsUrl, TOKEN, 'fuzz');
    return WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
  }

  /** Until the server has read everything: it has answered a ping that came last, or has hung up. */
  async function settle(client: WsClient): Promise<void> {
    const pong = new Promise<void>((resolve) => void client.socket.once('pong', () => resolve()));
    if (client.socket.readyState === client.socket.OPEN) client.socket.ping();
    else return;
    await within('the pong or the end', Promise.race([pong, client.closed]));
  }
});
