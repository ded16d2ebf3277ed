// A store that fails to commit: nothing is acknowledged that is not stored, connections that need no store go on, and
// when the store works again nothing is missing and nothing is there twice.

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { BatchSender } from '../support/senders/batch-sender.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { pause, until, within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

describe('a store that fails', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  beforeEach(async () => {
    store = new ControlledStore();
    running = await server({ store, throttleMillis: 20 });
  });

  afterEach(stopServers);

  const stored = async (): Promise<string[]> =>
    (await store.events({ limit: 1000 })).map((event) => event.endpoint).toSorted();

  it('acknowledges nothing in any mode, and keeps answering what needs no commit', async () => {
    const batch = await WsClient.batch(running.wsUrl, TOKEN);
    const event = await WsClient.connect(running.wsUrl);
    store.fault = () => 'fail';
    batch.frame(1, wireEvent());
    event.send({ ...wireEvent(), client_id: 'x', token: TOKEN });
    const body = JSON.stringify({ events: [{ ...wireEvent(), client_id: 'x' }] });
    const ingest = await call(`${running.url}/v1/ingest/batch`, { method: 'POST', body });
    expect([ingest.status, ingest.headers.get('retry-after')]).to.deep.equal([503, '1']);
    expect(await batch.next()).to.include({ type: 'nack', seq: 1, code: 'throttle' });
    expect(await event.ended()).to.include({ code: 1013 });
    expect(event.waiting).to.equal(0);
    expect((await call(`${running.url}/api/summary`)).body['requests']).to.equal(0);
    expect(await WsClient.batch(running.wsUrl, TOKEN, 'newcomer')).to.have.property('socket');
    expect(running.stats()).to.include({ stored: 0 });
  });

  it('for one sender only leaves the others served', async () => {
    store.fault = ({ producer }) => (producer.clientId === 'unlucky' ? 'fail' : 'none');
    const unlucky = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
    unlucky.hello('unlucky', 'unlucky');
    await unlucky.next();
    const lucky = await WsClient.batch(running.wsUrl, TOKEN, 'lucky');
    for (let seq = 1; seq <= 10; seq += 1) {
      unlucky.frame(1, wireEvent());
      lucky.frame(seq, wireEvent());
      expect(await unlucky.next()).to.include({ type: 'nack', seq: 1, code: 'throttle' });
      expect(await lucky.next()).to.deep.equal({ type: 'ack', seq });
    }
    expect((await store.events({ limit: 100 })).length).to.equal(10);
  });

  it('and works again has everything once and in order, from senders that never gave up', async () => {
    const senders = ['a', 'b', 'c'].map(
      (producer) =>
        new BatchSender({
          wsUrl: () => running.wsUrl,
          token: TOKEN,
          producer,
          frames: Array.from({ length: 100 }, (_, n) => [wireEvent({ endpoint: `/${producer}/${n}` })]),
        }),
    );
    const done = Promise.all(senders.map((sender) => sender.run()));
    for (let outage = 0; outage < 3; outage += 1) {
      await pause(10);
      store.fault = () => (outage === 1 ? 'lost-answer' : 'fail');
      await pause(50);
      // What was acknowledged during the outage, or before it, is there.
      const acked = senders.reduce((sum, sender) => sum + sender.acked, 0);
      expect((await stored()).length).to.be.at.least(acked);
      store.fault = () => 'none';
    }
    await within('every acknowledgement', done, 15_000);
    expect(senders.some((sender) => sender.throttles > 0)).to.equal(true);
    const expected = senders.flatMap((_, index) =>
      Array.from({ length: 100 }, (__, n) => `/${'abc'[index] ?? ''}/${n}`),
    );
    expect(await stored()).to.deep.equal(expected.toSorted());
  });

  it('to answer at all costs bounded memory: clients are throttled, others read', async () => {
    await stopServers();
    store = new ControlledStore();
    running = await server({ store, maxPendingEvents: 20, maxInFlightFrames: 4 });
    store.load = undefined;
    store.hold();
    let waiting = 0;
    const inner = store.append.bind(store);
    store.append = (append) => {
      waiting += append.events.length;
      store.load = { appends: 1, events: waiting, bytes: 0 };
      return inner(append);
    };
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, n) => WsClient.batch(running.wsUrl, TOKEN, `p-${n}`)),
    );
    for (const client of clients) for (let seq = 1; seq <= 4; seq += 1) client.frame(seq, wireEvent());
    await until('the others are throttled', () => (running.stats().refusals['overloaded'] ?? 0) >= 15);
    expect(waiting).to.equal(20);
    expect((await call(`${running.url}/api/summary`)).status).to.equal(200);
    store.release();
  });

  it('to read the last sequence number closes with 1013 instead of inventing one', async () => {
    const claim = store.claim.bind(store);
    store.claim = () => Promise.reject(new Error('injected'));
    const client = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
    client.hello('producer-1');
    expect(await client.ended()).to.include({ code: 1013 });
    store.claim = claim;
    await WsClient.batch(running.wsUrl, TOKEN);
  });
});
