import { expect } from 'chai';

import type { ServerOptions } from '../../dist/config.js';
import type { CerberusServer } from '../../dist/server.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { pause, until } from '@cerberus-otel/test-support/deadline';
import { HASH, wireEvent } from '../support/events/events.js';
import { server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

const OK = { status: 'ok' };

/** The eight members that a client of the first generation sends. */
function seedEvent(members: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    api_key: TOKEN,
    client_id: 'django-app',
    token: TOKEN,
    source_ip: HASH,
    endpoint: '/api/users/',
    scheme: true,
    method: 'GET',
    custom_data: { items_processed: 10, cache_hit: true },
    ...members,
  };
}

describe('event mode', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  async function start(options: ServerOptions = {}): Promise<void> {
    store = new ControlledStore();
    running = await server({ store, ...options });
  }

  const connect = (token?: string): Promise<WsClient> => WsClient.connect(running.wsUrl, { token });
  const paths = async (): Promise<string[]> =>
    (await store.events({ limit: 1000 })).toReversed().map((event) => event.endpoint);

  beforeEach(() => start());
  afterEach(stopServers);

  it('stores the eight seed members and answers once', async () => {
    const client = await connect();
    client.send(seedEvent());
    expect(await client.next()).to.deep.equal(OK);
    const [event] = await store.events({ limit: 1 });
    expect(event).to.include({
      clientId: 'django-app',
      sourceIp: HASH,
      endpoint: '/api/users/',
      scheme: true,
      method: 'GET',
      customData: '{"items_processed":10,"cache_hit":true}',
      timestamp: null,
    });
    expect(JSON.stringify(event)).not.to.include(TOKEN);
  });

  it('keeps one producer row per client id', async () => {
    const client = await connect();
    for (const id of ['a', 'b', 'a']) client.send(seedEvent({ client_id: id }));
    for (let n = 0; n < 3; n += 1) await client.next();
    expect(await store.producer('event:a')).to.include({
      clientId: 'a',
      mode: 'event',
      events: 2,
      lastSeq: 0,
    });
    expect(await store.producer('event:b')).to.include({ events: 1 });
  });

  it('selects no subprotocol', async () => {
    expect((await connect()).socket.protocol).to.equal('');
  });

  it('reads remote_addr where source_ip is not given', async () => {
    const client = await connect();
    client.send(seedEvent({ source_ip: undefined, remote_addr: HASH }));
    await client.next();
    expect((await store.events({ limit: 1 }))[0]?.sourceIp).to.equal(HASH);
  });

  it('never stores a raw address, keeps the event and counts it', async () => {
    const client = await connect();
    client.send(seedEvent({ source_ip: '203.0.113.77' }));
    client.send(seedEvent({ source_ip: undefined, remote_addr: '2001:db8::77' }));
    expect([await client.next(), await client.next()]).to.deep.equal([OK, OK]);
    const events = await store.events({ limit: 2 });
    expect(JSON.stringify(events)).not.to.match(/203\.0\.113|2001:db8/);
    expect(events.map((event) => event.sourceIp)).to.deep.equal([null, null]);
    expect(running.stats().adjusted).to.deep.equal({ source_ip_not_hashed: 2 });
  });

  it('answers in order, also where an invalid event stands between valid ones', async () => {
    const client = await connect();
    store.hold();
    client.send(seedEvent({ endpoint: '/1' }));
    client.send('not JSON');
    client.send(seedEvent({ endpoint: undefined }));
    client.send('[1,2]');
    client.send(seedEvent({ endpoint: '/2' }));
    await pause(50);
    expect(client.waiting).to.equal(0);
    store.release();
    const answers = [];
    for (let n = 0; n < 5; n += 1) answers.push(await client.next());
    expect(answers.map((answer) => answer['status'])).to.deep.equal(['ok', 'error', 'error', 'error', 'ok']);
    expect(answers[2]).to.deep.equal({ status: 'error', error: '`endpoint` is missing' });
    expect(await paths()).to.deep.equal(['/1', '/2']);
    expect(running.stats().refusals).to.deep.equal({ not_json: 2, invalid_event: 1 });
    expect(running.stats().byMode.event.rejected, 'each that is answered with an error').to.equal(3);
  });

  it('leaves out what Python writes for numbers that are none, and keeps the event', async () => {
    const client = await connect();
    const text = JSON.stringify(seedEvent({ endpoint: '/NaN"\\', latency_ms: 1 }));
    client.send(
      text
        .replace('"latency_ms":1', '"latency_ms":-Infinity')
        .replace('"cache_hit":true', '"NaN":NaN,"kept":"NaN, Infinity"'),
    );
    expect(await client.next()).to.deep.equal(OK);
    expect((await store.events({ limit: 1 }))[0]).to.include({
      endpoint: '/NaN"\\',
      latencyMs: null,
      customData: '{"items_processed":10,"kept":"NaN, Infinity"}',
    });
    expect(running.stats().adjusted).to.deep.equal({ metric_dropped: 1, value_out_of_range: 1 });
  });

  it('answers only when the event is stored', async () => {
    const client = await connect();
    store.hold();
    client.send(seedEvent());
    await pause(80);
    expect(client.waiting).to.equal(0);
    store.release();
    expect(await client.next()).to.deep.equal(OK);
  });

  it('takes the token before the api_key', async () => {
    const client = await connect();
    client.send(seedEvent({ api_key: 'old', token: TOKEN }));
    client.send(seedEvent({ token: undefined }));
    client.send(seedEvent({ token: null }));
    for (let n = 0; n < 3; n += 1) expect(await client.next()).to.deep.equal(OK);
    client.send(seedEvent({ token: 'wrong', api_key: TOKEN }));
    expect((await client.ended()).code).to.equal(4401);
  });

  const badCredentials = [
    { token: 'wrong' },
    { token: undefined, api_key: undefined },
    { token: 7 },
    { token: [TOKEN] },
  ];
  for (const members of badCredentials) {
    it(`closes with 4401 and does not answer: ${JSON.stringify(members)}`, async () => {
      const client = await connect();
      client.send(seedEvent(members));
      expect((await client.ended()).code).to.equal(4401);
      expect(client.waiting).to.equal(0);
      expect(await paths()).to.deep.equal([]);
      expect(running.stats().refusals).to.deep.equal({ unauthorized: 1 });
    });
  }

  it('answers what came before bad credentials, and takes nothing after them', async () => {
    const client = await connect();
    store.hold();
    client.send(seedEvent({ endpoint: '/before' }));
    client.send(seedEvent({ token: 'wrong' }));
    client.send(seedEvent({ endpoint: '/after' }));
    await pause(50);
    store.release();
    expect(await client.next()).to.deep.equal(OK);
    expect((await client.ended()).code).to.equal(4401);
    expect(client.waiting).to.equal(0);
    expect(await paths()).to.deep.equal(['/before']);
  });

  it('wants the event’s credentials also where the header was right', async () => {
    const client = await connect(TOKEN);
    client.send(wireEvent({ client_id: 'my-app' }));
    expect((await client.ended()).code).to.equal(4401);
  });

  it('refuses an event without a client id', async () => {
    const client = await connect();
    client.send(seedEvent({ client_id: undefined }));
    expect(await client.next()).to.deep.equal({ status: 'error', error: '`client_id` is missing' });
  });

  it('refuses an event over 64 KiB with an answer and goes on', async () => {
    const client = await connect(TOKEN);
    client.send(seedEvent({ user_agent: 'x'.repeat(70_000) }));
    client.send(seedEvent());
    expect(await client.next()).to.include({ status: 'error' });
    expect(await client.next()).to.deep.equal(OK);
    expect(running.stats().refusals).to.deep.equal({ too_large: 1 });
    expect(running.stats().byMode.event.rejected).to.equal(1);
  });

  it('closes with 1013 instead of answering when the store fails, so that the client sends again', async () => {
    const client = await connect();
    const bystander = await connect();
    store.hold();
    store.fault = (append) => (append.events[0]?.endpoint === '/2' ? 'fail' : 'none');
    for (const n of [1, 2, 3]) client.send(seedEvent({ endpoint: `/${n}` }));
    store.release();
    expect(await client.next()).to.deep.equal(OK);
    expect((await client.ended()).code).to.equal(1013);
    expect(client.waiting, 'the answer to /3 would be taken for that to /2').to.equal(0);
    bystander.send(seedEvent());
    expect(await bystander.next()).to.deep.equal(OK);
  });

  it('closes with 1013 when too much waits, after answering what it took', async () => {
    const client = await connect();
    client.send(seedEvent());
    await client.next();
    store.load = { appends: 1, events: 1e9, bytes: 0 };
    client.send(seedEvent());
    expect((await client.ended()).code).to.equal(1013);
    expect(running.stats().refusals).to.deep.equal({ overloaded: 1 });
  });

  it('stops reading from a client that runs ahead, and still answers everything in order', async () => {
    await stopServers();
    await start({ maxInFlightEvents: 3 });
    const client = await connect();
    store.hold();
    for (let n = 0; n < 200; n += 1) client.send(seedEvent({ endpoint: n % 10 === 5 ? undefined : `/${n}` }));
    await pause(50);
    store.release();
    const statuses = [];
    for (let n = 0; n < 200; n += 1) statuses.push((await client.next())['status']);
    expect(statuses).to.deep.equal(Array.from({ length: 200 }, (_, n) => (n % 10 === 5 ? 'error' : 'ok')));
  });

  it('goes on with other connections when one is cut', async () => {
    const cut = await connect();
    const other = await connect();
    cut.send(seedEvent({ endpoint: '/cut' }));
    cut.socket.terminate();
    other.send(seedEvent({ endpoint: '/other' }));
    expect(await other.next()).to.deep.equal(OK);
    await until('the cut one is gone', () => running.stats().connections === 1);
  });
});
