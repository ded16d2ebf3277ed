// A producer has one connection at a time: the last.
import { expect } from 'chai';

import { pause, until } from '@cerberus-otel/test-support/deadline';
import { append, claimOf, producerRef } from '../../support/events/events.js';
import { eventOf, useBatchMode } from '../../support/senders/batch-mode.js';

describe('batch mode', () => {
  const batch = useBatchMode();

  describe('one connection per producer', () => {
    beforeEach(() => batch.start());

    it('closes the older one with 4409', async () => {
      const older = await batch.connect();
      const newer = await batch.connect();
      expect((await older.ended()).code).to.equal(4409);
      newer.frame(1, eventOf('/a'));
      expect(await newer.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(batch.running.stats().superseded).to.equal(1);
    });

    it('ends with 4409 also when the producer was claimed elsewhere on the same store', async () => {
      const client = await batch.connect();
      const elsewhere = producerRef({ agent: null });
      const { claim } = await claimOf(batch.store, elsewhere);
      client.frame(1, eventOf('/1'));
      expect((await client.ended()).code).to.equal(4409);
      expect(batch.running.stats().superseded).to.equal(1);
      expect(await batch.stored()).to.deep.equal([]);
      expect((await batch.store.append(append({ producer: elsewhere, claim }))).status).to.equal('stored');
    });

    it('refuses it to another application with 4403, and the one that has it goes on', async () => {
      const owner = await batch.connect();
      owner.frame(1, eventOf('/a'));
      expect(await owner.next()).to.deep.equal({ type: 'ack', seq: 1 });
      const thief = await batch.raw();
      thief.hello('producer-1', 'thief');
      expect((await thief.ended()).code).to.equal(4403);
      owner.frame(2, eventOf('/b'));
      expect(await owner.next()).to.deep.equal({ type: 'ack', seq: 2 });
      await owner.close();
      await until('the server has noticed', () => batch.running.stats().connections === 0);
      const later = await batch.raw();
      later.hello('producer-1', 'thief');
      expect((await later.ended()).code).to.equal(4403);
      expect((await batch.connect()).waiting).to.equal(0);
    });

    it('welcomes the newer one only when the older one’s frames are stored', async () => {
      const older = await batch.connect();
      batch.store.hold();
      older.frame(1, eventOf('/1'));
      older.frame(2, eventOf('/2'));
      await pause(50);
      const newer = await batch.raw();
      newer.hello('producer-1');
      expect((await older.ended()).code).to.equal(4409);
      await pause(50);
      expect(newer.waiting).to.equal(0);
      batch.store.release();
      expect(await newer.next()).to.include({ type: 'welcome', last_seq: 2 });
    });

    it('makes a third one wait for the frames of the first, too', async () => {
      const first = await batch.connect();
      batch.store.hold();
      first.frame(1, eventOf('/1'));
      await pause(50);
      const second = await batch.raw();
      second.hello('producer-1');
      await first.ended();
      const third = await batch.raw();
      third.hello('producer-1');
      expect((await second.ended()).code).to.equal(4409);
      expect(third.waiting).to.equal(0);
      batch.store.release();
      expect(await third.next()).to.include({ type: 'welcome', last_seq: 1 });
      expect(second.waiting).to.equal(0);
    });

    it('waits also for the frames of a connection that is gone already', async () => {
      const gone = await batch.connect();
      batch.store.hold();
      gone.frame(1, eventOf('/1'));
      await pause(50);
      await gone.close();
      await until('the server has noticed', () => batch.running.stats().connections === 0);
      const next = await batch.raw();
      next.hello('producer-1');
      await pause(50);
      expect(next.waiting).to.equal(0);
      batch.store.release();
      expect(await next.next()).to.include({ type: 'welcome', last_seq: 1 });
    });

    it('does not read what the older one sends afterwards', async () => {
      const older = await batch.connect();
      const newer = await batch.raw();
      newer.hello('producer-1');
      for (let seq = 1; seq <= 20; seq += 1) older.frame(seq, eventOf(`/old/${seq}`));
      const lastSeq = Number((await newer.next())['last_seq']);
      await older.ended();
      newer.frame(lastSeq + 1, eventOf('/new'));
      expect(await newer.next()).to.deep.equal({ type: 'ack', seq: lastSeq + 1 });
      expect(await batch.stored()).to.have.length(lastSeq + 1);
    });
  });
});
