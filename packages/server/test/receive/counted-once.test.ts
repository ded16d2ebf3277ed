// What is changed or left out of events is counted with the events that are stored: once, however often they come.
import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { wireEvent } from '../support/events/events.js';
import { jsonSpan, traceRequest } from '../support/senders/otlp.js';
import { WsClient } from '../support/senders/ws-client.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';

const CHANGED = wireEvent({ source_ip: '203.0.113.9' });
const ONCE = { source_ip_not_hashed: 1 };

describe('what is changed of events', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  /** What is said of an event to `path`, which is sent until it is stored. */
  async function postTwice(path: string, body: unknown): Promise<void> {
    const headers = { 'x-client-id': 'gateway', 'content-type': 'application/json' };
    const post = async (): Promise<number> =>
      (await call(running.url + path, { method: 'POST', body: JSON.stringify(body), headers })).status;
    store.fault = () => 'fail';
    expect(await post()).to.equal(503);
    expect(running.stats()).to.deep.include({ adjusted: {}, skipped: 0 });
    store.fault = () => 'none';
    expect(await post()).to.equal(200);
  }

  beforeEach(async () => {
    store = new ControlledStore();
    running = await server({ store, throttleMillis: 50 });
  });

  it('is counted once of a frame that comes again', async () => {
    for (let sent = 0; sent < 3; sent += 1) {
      const client = await WsClient.batch(running.wsUrl, TOKEN);
      client.frame(1, CHANGED);
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      await client.close();
    }
    expect(running.stats()).to.deep.include({ stored: 1, duplicates: 2, adjusted: ONCE });
  });

  it('is counted once of a frame that could not be stored at first', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN);
    store.fault = () => 'fail';
    client.frame(1, CHANGED);
    expect(await client.next()).to.include({ code: 'throttle' });
    expect(running.stats().adjusted).to.deep.equal({});
    store.fault = () => 'none';
    client.frame(1, CHANGED);
    expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    expect(running.stats().adjusted).to.deep.equal(ONCE);
  });

  it('is counted once in event mode, where a store that fails ends the connection', async () => {
    const message = wireEvent({ token: TOKEN, client_id: 'shop', source_ip: '203.0.113.9' });
    store.fault = () => 'fail';
    const first = await WsClient.connect(running.wsUrl, { token: TOKEN });
    first.send(message);
    expect((await first.ended()).code).to.equal(1013);
    store.fault = () => 'none';
    const second = await WsClient.connect(running.wsUrl, { token: TOKEN });
    second.send(message);
    expect(await second.next()).to.deep.equal({ status: 'ok' });
    expect(running.stats().adjusted).to.deep.equal(ONCE);
  });

  it('is counted once of an ingest request, and so is what is skipped', async () => {
    await postTwice('/v1/ingest/batch', { events: [CHANGED, wireEvent({ endpoint: '/health' })] });
    expect(running.stats()).to.deep.include({ stored: 1, skipped: 1, adjusted: ONCE });
  });

  it('is counted once of an OTLP request', async () => {
    const changed = jsonSpan({ 'cerberus.user_id': 'somebody' });
    await postTwice('/v1/traces', traceRequest(changed));
    expect(running.stats()).to.deep.include({ stored: 1, adjusted: { user_id_not_hashed: 1 } });
  });
});
