// A check-up asks whether events arrive. What it sends must be in no figure that somebody reads afterwards.
import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { wireEvent } from '../support/events/events.js';
import { server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

const TEST = { endpoint: '/cerberus-doctor', custom_data: { cerberus_test: true } };

describe('a test event', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  beforeEach(async () => {
    store = new ControlledStore();
    running = await server({ store });
  });

  afterEach(stopServers);

  const stored = async (): Promise<string[]> =>
    (await store.events({ limit: 1000 })).toReversed().map((event) => event.endpoint);

  it('is acknowledged in batch mode, and neither it nor its producer is stored', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN, 'producer-1');
    client.frame(1, wireEvent(TEST));
    expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    expect(await stored()).to.deep.equal([]);
    expect(await store.producer('producer-1')).to.equal(undefined);
  });

  it('is no obstacle to frames behind it', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN, 'producer-1');
    client.frame(1, wireEvent(TEST));
    client.frame(2, wireEvent({ endpoint: '/a' }), wireEvent(TEST));
    client.frame(3, wireEvent(TEST));
    client.frame(4, wireEvent({ endpoint: '/b' }));
    for (const seq of [1, 2, 3, 4]) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
    expect(await stored()).to.deep.equal(['/a', '/b']);
    expect(await store.producer('producer-1')).to.include({ events: 2, lastSeq: 4 });
  });

  it('is acknowledged in event mode, and neither it nor its client is stored', async () => {
    const client = await WsClient.connect(running.wsUrl, { token: TOKEN });
    client.send(wireEvent({ token: TOKEN, client_id: 'doctor', ...TEST }));
    expect(await client.next()).to.deep.equal({ status: 'ok' });
    expect(await stored()).to.deep.equal([]);
    expect(await store.producer('event:doctor')).to.equal(undefined);
  });

  it('is skipped where it comes over HTTP', async () => {
    const response = await fetch(`${running.url}/v1/ingest/batch`, {
      method: 'POST',
      headers: { 'x-api-key': TOKEN },
      body: JSON.stringify({ events: [wireEvent({ client_id: 'doctor', ...TEST })] }),
    });
    expect(await response.json()).to.deep.equal({ accepted: 0, skipped: 1 });
  });

  it('is only what says so in both of its members', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN, 'producer-1');
    client.frame(1, wireEvent({ ...TEST, custom_data: {} }), wireEvent({ ...TEST, endpoint: '/a' }));
    expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    expect(await stored()).to.deep.equal(['/cerberus-doctor', '/a']);
  });
});
