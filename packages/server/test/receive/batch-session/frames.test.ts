// What frames of events are answered by.
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';

import { pause } from '@cerberus-otel/test-support/deadline';
import { HASH, lastSeqOf, wireEvent } from '../../support/events/events.js';
import { TOKEN } from '../../support/servers/server-fixture.js';
import { eventOf, useBatchMode } from '../../support/senders/batch-mode.js';

describe('batch mode', () => {
  const batch = useBatchMode();

  describe('frames', () => {
    beforeEach(() => batch.start());

    it('are acknowledged one by one and stored in order', async () => {
      const client = await batch.connect();
      for (let seq = 1; seq <= 8; seq += 1) client.frame(seq, eventOf(`/${seq}a`), eventOf(`/${seq}b`));
      for (let seq = 1; seq <= 8; seq += 1) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      expect((await batch.stored()).slice(0, 3)).to.deep.equal(['/1a', '/1b', '/2a']);
    });

    it('are stored with the connection’s client id and without credentials', async () => {
      const client = await batch.connect();
      client.frame(1, wireEvent({ client_id: 'someone-else', token: TOKEN, api_key: TOKEN, extra: TOKEN }));
      await client.next();
      const [found] = await batch.store.events({ limit: 1 });
      expect(found?.clientId).to.equal('my-app');
      expect(found?.sourceIp).to.equal(HASH);
      expect(JSON.stringify(found)).not.to.include(TOKEN);
    });

    it('are not acknowledged before they are stored', async () => {
      const client = await batch.connect();
      batch.store.hold();
      client.frame(1, eventOf('/a'));
      await pause(100);
      expect(client.waiting).to.equal(0);
      batch.store.release();
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    });

    it('are acknowledged when they are empty', async () => {
      const client = await batch.connect();
      client.frame(1);
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(await lastSeqOf(batch.store, 'producer-1')).to.equal(1);
    });

    it('are acknowledged and ignored at or below the last stored number', async () => {
      const first = await batch.connect();
      for (const seq of [1, 2, 3]) first.frame(seq, eventOf(`/${seq}`));
      for (let n = 0; n < 3; n += 1) await first.next();
      const second = await batch.connect();
      for (const seq of [2, 3, 4]) second.frame(seq, eventOf(`/${seq}`));
      for (const seq of [2, 3, 4]) expect(await second.next()).to.deep.equal({ type: 'ack', seq });
      expect(await batch.stored()).to.deep.equal(['/1', '/2', '/3', '/4']);
      expect(batch.running.stats()).to.include({ stored: 4, duplicates: 2 });
    });

    it('may begin anywhere above the last stored number: the skip is counted', async () => {
      const client = await batch.connect();
      client.frame(1000, eventOf('/a'));
      client.frame(1001, eventOf('/b'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1000 });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1001 });
      expect(batch.running.stats().skippedSeqs).to.equal(999);
    });

    for (const seq of [1, 2, 4]) {
      it(`close the connection with 4400 when ${seq} follows 2`, async () => {
        const client = await batch.connect();
        client.frame(2, eventOf('/a'));
        await client.next();
        client.frame(seq, eventOf('/b'));
        expect((await client.ended()).code).to.equal(4400);
        expect(await batch.stored()).to.deep.equal(['/a']);
        expect(batch.running.stats().refusals).to.deep.equal({ sequence_gap: 1 });
      });
    }

    it('are answered with the indexes of the events that are refused for good', async () => {
      const client = await batch.connect();
      client.frame(1, eventOf('/a'), 'not an event', eventOf('/b'), { endpoint: 7, method: 'GET' });
      expect(await client.next()).to.deep.equal({ type: 'nack', seq: 1, code: 'invalid', rejected: [1, 3] });
      client.frame(2, null, []);
      expect(await client.next()).to.deep.equal({ type: 'nack', seq: 2, code: 'invalid', rejected: [0, 1] });
      client.frame(3, eventOf('/c'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 3 });
      expect(await batch.stored()).to.deep.equal(['/a', '/b', '/c']);
      expect(await batch.store.producer('producer-1')).to.include({ lastSeq: 3, events: 3, rejected: 4 });
    });

    it('get the same refusal when they are sent again', async () => {
      const events = [eventOf('/a'), { method: 'GET' }];
      const refusal = { type: 'nack', seq: 1, code: 'invalid', rejected: [1] };
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const client = await batch.connect();
        client.frame(1, ...events);
        expect(await client.next()).to.deep.equal(refusal);
        await client.close();
      }
      expect(await batch.store.producer('producer-1')).to.include({ events: 1, rejected: 1 });
    });
  });

  describe('compression', () => {
    beforeEach(() => batch.start({ maxFrameBytes: 65_536 }));

    it('takes a binary message as the gzip of a text message', async () => {
      const client = await batch.connect();
      client.send(gzipSync(JSON.stringify({ type: 'events', seq: 1, events: [eventOf('/zipped')] })));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      client.frame(2, eventOf('/plain'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 2 });
      expect(await batch.stored()).to.deep.equal(['/zipped', '/plain']);
    });

    it('closes with 1009 what inflates beyond the limit', async () => {
      const client = await batch.connect();
      const bomb = gzipSync(Buffer.alloc(30_000_000, 0x20));
      expect(bomb.length).to.be.lessThan(65_536);
      client.send(bomb);
      expect((await client.ended()).code).to.equal(1009);
      expect(batch.running.stats().refusals).to.deep.equal({ too_large: 1 });
    });
  });
});
