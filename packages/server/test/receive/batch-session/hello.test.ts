// The first message of a batch connection, and what it is answered by.
import { join } from 'node:path';

import { expect } from 'chai';

import { pause } from '@cerberus-otel/test-support/deadline';
import { eventOf, useBatchMode } from '../../support/senders/batch-mode.js';
import { WsClient } from '../../support/senders/ws-client.js';
import { call, server, TOKEN } from '../../support/servers/server-fixture.js';
import { tempFolder } from '../../support/temp-folder.js';

describe('batch mode', () => {
  const batch = useBatchMode();

  describe('hello', () => {
    beforeEach(() => batch.start({ maxInFlightFrames: 5, maxFrameBytes: 65_536 }));

    it('is answered by a welcome with the limits and the number to go on from', async () => {
      const client = await batch.raw();
      client.hello('producer-1');
      expect(await client.next()).to.deep.equal({
        type: 'welcome',
        last_seq: 0,
        max_in_flight: 5,
        max_frame_bytes: 65_536,
      });
      expect(client.socket.protocol).to.equal('cerberus.batch.v1');
    });

    it('tells a producer that comes back how far it got', async () => {
      const first = await batch.connect();
      first.frame(41, eventOf('/a'));
      await first.next();
      await first.close();
      const second = await batch.raw();
      second.hello('producer-1');
      expect(await second.next()).to.include({ type: 'welcome', last_seq: 41 });
    });

    it('finds its producer again where a byte order mark is before its names, which a file does not keep', async () => {
      const running = await server({ db: join(tempFolder(), 'x.duckdb') });
      const connect = async (): Promise<WsClient> => {
        const client = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
        client.hello('producer-1', '\u{FEFF}my-app');
        return client;
      };
      const first = await connect();
      expect(await first.next()).to.include({ type: 'welcome', last_seq: 0 });
      first.frame(1, eventOf('/a'));
      expect(await first.next()).to.deep.equal({ type: 'ack', seq: 1 });
      await first.close();
      expect(await (await connect()).next()).to.include({ type: 'welcome', last_seq: 1 });
      const { body } = await call(`${running.url}/api/sources?client_id=my-app`);
      expect(body['sources_total']).to.equal(1);
    });

    it('may be said again under another name before the first frame', async () => {
      const client = await batch.connect('producer-1');
      client.hello('producer-2');
      expect(await client.next()).to.include({ type: 'welcome', last_seq: 0 });
      client.frame(1, eventOf('/a'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect((await batch.store.producer('producer-2'))?.events).to.equal(1);
      expect(await batch.store.producer('producer-1')).to.equal(undefined);
    });

    it('frees the first name when it is said again', async () => {
      const client = await batch.connect('producer-1');
      client.hello('producer-2');
      await client.next();
      const other = await batch.connect('producer-1');
      client.frame(1, eventOf('/a'));
      other.frame(1, eventOf('/b'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(await other.next()).to.deep.equal({ type: 'ack', seq: 1 });
    });

    it('closes with 4400 when it comes after a frame', async () => {
      const client = await batch.connect();
      client.frame(1, eventOf('/a'));
      await client.next();
      client.hello('producer-2');
      expect((await client.ended()).code).to.equal(4400);
    });

    it('closes with 4400 when a frame comes before it or before the welcome', async () => {
      const client = await batch.raw();
      client.frame(1, eventOf('/a'));
      expect((await client.ended()).code).to.equal(4400);
      const eager = await batch.raw();
      eager.hello('producer-1');
      eager.frame(1, eventOf('/a'));
      expect((await eager.ended()).code).to.equal(4400);
      expect(await batch.stored()).to.deep.equal([]);
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
        const client = await batch.raw();
        client.send(hello);
        expect((await client.ended()).code).to.equal(4400);
        expect(batch.running.stats().refusals).to.deep.equal({ invalid_message: 1 });
      });
    }
  });

  it('closes with 4408 a connection that does not say hello in time', async () => {
    await batch.start({ helloTimeoutMillis: 50 });
    const client = await batch.raw();
    expect((await client.ended()).code).to.equal(4408);
    expect(batch.running.stats().refusals).to.deep.equal({ hello_timeout: 1 });
  });

  it('does not apply the hello timeout once hello was said', async () => {
    await batch.start({ helloTimeoutMillis: 60 });
    const client = await batch.connect();
    await pause(120);
    client.frame(1, eventOf('/a'));
    expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
  });
});
