import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import type { ServerOptions } from '../../dist/config.js';
import type { CerberusServer } from '../../dist/server.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { pause, until } from '../support/deadline.js';
import { append, HASH, lastSeqOf, producerRef, wireEvent } from '../support/events/events.js';
import { server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

describe('batch mode', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  async function start(options: ServerOptions = {}): Promise<void> {
    running = await server({ store, throttleMillis: 50, ...options });
  }

  const connect = (producer?: string): Promise<WsClient> => WsClient.batch(running.wsUrl, TOKEN, producer);
  const raw = (): Promise<WsClient> => WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
  const stored = async (): Promise<unknown[]> =>
    (await store.events({ limit: 1000 })).toReversed().map((event) => event.endpoint);
  const event = (endpoint: string): unknown => wireEvent({ endpoint });

  beforeEach(() => {
    store = new ControlledStore();
  });

  afterEach(stopServers);

  describe('hello', () => {
    beforeEach(() => start({ maxInFlightFrames: 5, maxFrameBytes: 4096 }));

    it('is answered by a welcome with the limits and the number to go on from', async () => {
      const client = await raw();
      client.hello('producer-1');
      expect(await client.next()).to.deep.equal({
        type: 'welcome',
        last_seq: 0,
        max_in_flight: 5,
        max_frame_bytes: 4096,
      });
      expect(client.socket.protocol).to.equal('cerberus.batch.v1');
    });

    it('tells a producer that comes back how far it got', async () => {
      const first = await connect();
      first.frame(41, event('/a'));
      await first.next();
      await first.close();
      const second = await raw();
      second.hello('producer-1');
      expect(await second.next()).to.include({ type: 'welcome', last_seq: 41 });
    });

    it('may be said again under another name before the first frame', async () => {
      const client = await connect('producer-1');
      client.hello('producer-2');
      expect(await client.next()).to.include({ type: 'welcome', last_seq: 0 });
      client.frame(1, event('/a'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect((await store.producer('producer-2'))?.events).to.equal(1);
      expect(await store.producer('producer-1')).to.equal(undefined);
    });

    it('frees the first name when it is said again', async () => {
      const client = await connect('producer-1');
      client.hello('producer-2');
      await client.next();
      const other = await connect('producer-1');
      client.frame(1, event('/a'));
      other.frame(1, event('/b'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(await other.next()).to.deep.equal({ type: 'ack', seq: 1 });
    });

    it('closes with 4400 when it comes after a frame', async () => {
      const client = await connect();
      client.frame(1, event('/a'));
      await client.next();
      client.hello('producer-2');
      expect((await client.ended()).code).to.equal(4400);
    });

    it('closes with 4400 when a frame comes before it or before the welcome', async () => {
      const client = await raw();
      client.frame(1, event('/a'));
      expect((await client.ended()).code).to.equal(4400);
      const eager = await raw();
      eager.hello('producer-1');
      eager.frame(1, event('/a'));
      expect((await eager.ended()).code).to.equal(4400);
      expect(await stored()).to.deep.equal([]);
    });

    const badHellos = [
      { type: 'hello', producer: 'p' },
      { type: 'hello', client_id: '', producer: 'p' },
      { type: 'hello', client_id: 'x'.repeat(257), producer: 'p' },
      { type: 'hello', client_id: 'my-app' },
      { type: 'hello', client_id: 'my-app', producer: 7 },
      { type: 'hello', client_id: 'my-app', producer: 'event:my-app' },
      { type: 'hello', client_id: 'my-app', producer: 'x'.repeat(65) },
    ];
    for (const hello of badHellos) {
      it(`closes with 4400 for ${JSON.stringify(hello).slice(0, 60)}`, async () => {
        const client = await raw();
        client.send(hello);
        expect((await client.ended()).code).to.equal(4400);
        expect(running.stats().refusals).to.deep.equal({ invalid_message: 1 });
      });
    }
  });

  it('closes with 4408 a connection that does not say hello in time', async () => {
    await start({ helloTimeoutMillis: 50 });
    const client = await raw();
    expect((await client.ended()).code).to.equal(4408);
    expect(running.stats().refusals).to.deep.equal({ hello_timeout: 1 });
  });

  it('does not apply the hello timeout once hello was said', async () => {
    await start({ helloTimeoutMillis: 60 });
    const client = await connect();
    await pause(120);
    client.frame(1, event('/a'));
    expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
  });

  describe('frames', () => {
    beforeEach(() => start());

    it('are acknowledged one by one and stored in order', async () => {
      const client = await connect();
      for (let seq = 1; seq <= 8; seq += 1) client.frame(seq, event(`/${seq}a`), event(`/${seq}b`));
      for (let seq = 1; seq <= 8; seq += 1) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      expect((await stored()).slice(0, 3)).to.deep.equal(['/1a', '/1b', '/2a']);
    });

    it('are stored with the connection’s client id and without credentials', async () => {
      const client = await connect();
      client.frame(1, wireEvent({ client_id: 'someone-else', token: TOKEN, api_key: TOKEN, extra: TOKEN }));
      await client.next();
      const [found] = await store.events({ limit: 1 });
      expect(found?.clientId).to.equal('my-app');
      expect(found?.sourceIp).to.equal(HASH);
      expect(JSON.stringify(found)).not.to.include(TOKEN);
    });

    it('are not acknowledged before they are stored', async () => {
      const client = await connect();
      store.hold();
      client.frame(1, event('/a'));
      await pause(100);
      expect(client.waiting).to.equal(0);
      store.release();
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    });

    it('are acknowledged when they are empty', async () => {
      const client = await connect();
      client.frame(1);
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(await lastSeqOf(store, 'producer-1')).to.equal(1);
    });

    it('are acknowledged and ignored at or below the last stored number', async () => {
      const first = await connect();
      for (const seq of [1, 2, 3]) first.frame(seq, event(`/${seq}`));
      for (let n = 0; n < 3; n += 1) await first.next();
      const second = await connect();
      for (const seq of [2, 3, 4]) second.frame(seq, event(`/${seq}`));
      for (const seq of [2, 3, 4]) expect(await second.next()).to.deep.equal({ type: 'ack', seq });
      expect(await stored()).to.deep.equal(['/1', '/2', '/3', '/4']);
      expect(running.stats()).to.include({ stored: 4, duplicates: 2 });
    });

    it('may begin anywhere above the last stored number: the skip is counted', async () => {
      const client = await connect();
      client.frame(1000, event('/a'));
      client.frame(1001, event('/b'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1000 });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1001 });
      expect(running.stats().skippedSeqs).to.equal(999);
    });

    for (const seq of [1, 2, 4]) {
      it(`close the connection with 4400 when ${seq} follows 2`, async () => {
        const client = await connect();
        client.frame(2, event('/a'));
        await client.next();
        client.frame(seq, event('/b'));
        expect((await client.ended()).code).to.equal(4400);
        expect(await stored()).to.deep.equal(['/a']);
        expect(running.stats().refusals).to.deep.equal({ sequence_gap: 1 });
      });
    }

    it('are answered with the indexes of the events that are refused for good', async () => {
      const client = await connect();
      client.frame(1, event('/a'), 'not an event', event('/b'), { endpoint: 7, method: 'GET' });
      expect(await client.next()).to.deep.equal({ type: 'nack', seq: 1, code: 'invalid', rejected: [1, 3] });
      client.frame(2, null, []);
      expect(await client.next()).to.deep.equal({ type: 'nack', seq: 2, code: 'invalid', rejected: [0, 1] });
      client.frame(3, event('/c'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 3 });
      expect(await stored()).to.deep.equal(['/a', '/b', '/c']);
      expect(await store.producer('producer-1')).to.include({ lastSeq: 3, events: 3, rejected: 4 });
    });

    it('get the same refusal when they are sent again', async () => {
      const events = [event('/a'), { method: 'GET' }];
      const refusal = { type: 'nack', seq: 1, code: 'invalid', rejected: [1] };
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const client = await connect();
        client.frame(1, ...events);
        expect(await client.next()).to.deep.equal(refusal);
        await client.close();
      }
      expect(await store.producer('producer-1')).to.include({ events: 1, rejected: 1 });
    });
  });

  describe('malformed messages', () => {
    beforeEach(() => start({ maxFrameBytes: 4096 }));

    const malformed: Record<string, unknown> = {
      'text that is not JSON': '[[[',
      null: 'null',
      'an array': '[]',
      'an object without a type': '{"seq":1}',
      'a type that is no text': '{"type":1}',
      'events without seq': { type: 'events', events: [] },
      'seq 0': { type: 'events', seq: 0, events: [] },
      'seq 1.5': { type: 'events', seq: 1.5, events: [] },
      'seq beyond 2^53': '{"type":"events","seq":9007199254740993,"events":[]}',
      'seq as text': { type: 'events', seq: '1', events: [] },
      'events that are no array': { type: 'events', seq: 1, events: {} },
      'a binary message that is not gzip': Buffer.from('{"type":"events","seq":1,"events":[]}'),
      'gzip of invalid UTF-8': gzipSync(Buffer.from([0x22, 0xff, 0xfe, 0x22])),
    };
    for (const [name, message] of Object.entries(malformed)) {
      it(`close the connection with 4400: ${name}`, async () => {
        const client = await connect();
        const other = await connect('producer-2');
        client.send(message);
        expect((await client.ended()).code).to.equal(4400);
        other.frame(1, event('/other'));
        expect(await other.next()).to.deep.equal({ type: 'ack', seq: 1 });
      });
    }

    it('are ignored when only their type is unknown', async () => {
      const client = await raw();
      client.send({ type: 'future', seq: 1 });
      client.hello('producer-1');
      expect(await client.next()).to.include({ type: 'welcome' });
      client.send({ type: 'future' });
      client.send({ type: 'events', seq: 1, events: [event('/a')], future: true });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    });

    it('do not pollute any prototype', async () => {
      const client = await connect();
      client.send(`{"type":"events","seq":1,"events":[{"endpoint":"/a","method":"GET",
        "__proto__":{"polluted":1},"custom_data":{"__proto__":{"polluted":1},"constructor":2}}]}`);
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
      const [found] = await store.events({ limit: 1 });
      expect(found?.customData).to.equal('{"__proto__":{"polluted":1},"constructor":2}');
    });

    it('close the connection with 1009 when they are over the limit', async () => {
      const client = await connect();
      client.frame(1, wireEvent({ user_agent: 'x'.repeat(5000) }));
      expect((await client.ended()).code).to.equal(1009);
      expect(running.stats().refusals).to.deep.equal({ too_large: 1 });
      expect(await stored()).to.deep.equal([]);
    });
  });

  describe('compression', () => {
    beforeEach(() => start({ maxFrameBytes: 65_536 }));

    it('takes a binary message as the gzip of a text message', async () => {
      const client = await connect();
      client.send(gzipSync(JSON.stringify({ type: 'events', seq: 1, events: [event('/zipped')] })));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      client.frame(2, event('/plain'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 2 });
      expect(await stored()).to.deep.equal(['/zipped', '/plain']);
    });

    it('closes with 1009 what inflates beyond the limit', async () => {
      const client = await connect();
      const bomb = gzipSync(Buffer.alloc(30_000_000, 0x20));
      expect(bomb.length).to.be.lessThan(65_536);
      client.send(bomb);
      expect((await client.ended()).code).to.equal(1009);
      expect(running.stats().refusals).to.deep.equal({ too_large: 1 });
    });
  });

  describe('throttling', () => {
    it('refuses a frame while too much waits, discards the later ones, and takes them in order afterwards', async () => {
      await start();
      const client = await connect();
      client.frame(1, event('/1'));
      await client.next();
      store.load = { appends: 1, events: 1, bytes: 1e12 };
      for (const seq of [2, 3, 4]) client.frame(seq, event(`/${seq}`));
      expect(await client.next()).to.deep.equal({
        type: 'nack',
        seq: 2,
        code: 'throttle',
        retry_after_millis: 50,
      });
      await until('the later frames are discarded', () => running.stats().discarded === 2);
      store.load = undefined;
      client.frame(3, event('/3'));
      await until('a frame out of turn is discarded too', () => running.stats().discarded === 3);
      for (const seq of [2, 3, 4]) client.frame(seq, event(`/${seq}`));
      for (const seq of [2, 3, 4]) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      expect(client.waiting).to.equal(0);
      expect(await stored()).to.deep.equal(['/1', '/2', '/3', '/4']);
    });

    it('throttles by events as well as by bytes', async () => {
      await start({ maxPendingEvents: 10 });
      const client = await connect();
      store.load = { appends: 1, events: 10, bytes: 0 };
      client.frame(1, event('/1'));
      expect(await client.next()).to.include({ code: 'throttle' });
      expect(running.stats()).to.include({ throttled: 1, stored: 0 });
    });

    it('keeps the order when the first frame of a connection is throttled', async () => {
      await start();
      const client = await connect();
      store.load = { appends: 1, events: 1, bytes: 1e12 };
      client.frame(7, event('/7'));
      expect(await client.next()).to.include({ seq: 7, code: 'throttle' });
      store.load = undefined;
      client.frame(7, event('/7'));
      client.frame(8, event('/8'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 7 });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 8 });
    });

    it('does not allow a new name after a throttled frame', async () => {
      await start();
      const client = await connect();
      store.load = { appends: 1, events: 1, bytes: 1e12 };
      client.frame(7, event('/7'));
      await client.next();
      client.hello('producer-2');
      expect((await client.ended()).code).to.equal(4400);
    });

    it('stops reading from a client that ignores the window, and loses nothing', async () => {
      await start({ maxInFlightFrames: 2 });
      const client = await connect();
      store.hold();
      for (let seq = 1; seq <= 40; seq += 1) client.frame(seq, wireEvent({ user_agent: 'x'.repeat(1000) }));
      await pause(50);
      store.release();
      for (let seq = 1; seq <= 40; seq += 1) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      expect(await stored()).to.have.length(40);
    });

    it('is not read while the store has enough to do, and goes on when another one has its answer', async () => {
      await start();
      const [client, other] = [await connect('producer-1'), await connect('producer-2')];
      store.load = { appends: 16, events: 8192, bytes: 0 };
      client.frame(1, event('/1'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      client.frame(2, event('/2'));
      await pause(50);
      expect(client.waiting).to.equal(0);
      store.load = undefined;
      other.frame(1, event('/other'));
      expect(await other.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 2 });
      expect(running.stats().throttled).to.equal(0);
    });
  });

  describe('a store that fails', () => {
    beforeEach(() => start());

    it('throttles the frame, stores none of those behind it, and goes on when it works again', async () => {
      const client = await connect();
      store.hold();
      store.fault = (each) => (each.seq === 1 ? 'fail' : 'none');
      for (const seq of [1, 2, 3]) client.frame(seq, event(`/${seq}`));
      store.release();
      expect(await client.next()).to.include({ type: 'nack', seq: 1, code: 'throttle' });
      await until('the others are dropped', () => running.stats().discarded === 2);
      expect(await stored()).to.deep.equal([]);
      store.fault = () => 'none';
      for (const seq of [1, 2, 3]) client.frame(seq, event(`/${seq}`));
      for (const seq of [1, 2, 3]) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      expect(await stored()).to.deep.equal(['/1', '/2', '/3']);
    });

    it('stores a frame once although its commit was reported as failed', async () => {
      const client = await connect();
      store.fault = (each) => (each.seq === 1 ? 'lost-answer' : 'none');
      client.frame(1, event('/1'));
      expect(await client.next()).to.include({ seq: 1, code: 'throttle' });
      store.fault = () => 'none';
      client.frame(1, event('/1'));
      client.frame(2, event('/2'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 2 });
      expect(await stored()).to.deep.equal(['/1', '/2']);
    });

    it('closes with 1013 when it cannot say how far a producer got', async () => {
      store.claim = () => Promise.reject(new Error('injected'));
      const client = await raw();
      client.hello('producer-1');
      expect((await client.ended()).code).to.equal(1013);
    });
  });

  describe('one connection per producer', () => {
    beforeEach(() => start());

    it('closes the older one with 4409', async () => {
      const older = await connect();
      const newer = await connect();
      expect((await older.ended()).code).to.equal(4409);
      newer.frame(1, event('/a'));
      expect(await newer.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(running.stats().superseded).to.equal(1);
    });

    it('ends with 4409 also when the producer was claimed elsewhere on the same store', async () => {
      const client = await connect();
      const elsewhere = producerRef({ agent: null });
      const { claim } = await store.claim(elsewhere);
      client.frame(1, event('/1'));
      expect((await client.ended()).code).to.equal(4409);
      expect(running.stats().superseded).to.equal(1);
      expect(await stored()).to.deep.equal([]);
      expect((await store.append(append({ producer: elsewhere, claim }))).status).to.equal('stored');
    });

    it('welcomes the newer one only when the older one’s frames are stored', async () => {
      const older = await connect();
      store.hold();
      older.frame(1, event('/1'));
      older.frame(2, event('/2'));
      await pause(50);
      const newer = await raw();
      newer.hello('producer-1');
      expect((await older.ended()).code).to.equal(4409);
      await pause(50);
      expect(newer.waiting).to.equal(0);
      store.release();
      expect(await newer.next()).to.include({ type: 'welcome', last_seq: 2 });
    });

    it('makes a third one wait for the frames of the first, too', async () => {
      const first = await connect();
      store.hold();
      first.frame(1, event('/1'));
      await pause(50);
      const second = await raw();
      second.hello('producer-1');
      await first.ended();
      const third = await raw();
      third.hello('producer-1');
      expect((await second.ended()).code).to.equal(4409);
      expect(third.waiting).to.equal(0);
      store.release();
      expect(await third.next()).to.include({ type: 'welcome', last_seq: 1 });
      expect(second.waiting).to.equal(0);
    });

    it('waits also for the frames of a connection that is gone already', async () => {
      const gone = await connect();
      store.hold();
      gone.frame(1, event('/1'));
      await pause(50);
      await gone.close();
      await until('the server has noticed', () => running.stats().connections === 0);
      const next = await raw();
      next.hello('producer-1');
      await pause(50);
      expect(next.waiting).to.equal(0);
      store.release();
      expect(await next.next()).to.include({ type: 'welcome', last_seq: 1 });
    });

    it('does not read what the older one sends afterwards', async () => {
      const older = await connect();
      const newer = await raw();
      newer.hello('producer-1');
      for (let seq = 1; seq <= 20; seq += 1) older.frame(seq, event(`/old/${seq}`));
      const lastSeq = Number((await newer.next())['last_seq']);
      await older.ended();
      newer.frame(lastSeq + 1, event('/new'));
      expect(await newer.next()).to.deep.equal({ type: 'ack', seq: lastSeq + 1 });
      expect(await stored()).to.have.length(lastSeq + 1);
    });
  });
});
