// What a producer is told while the store does not take what it sends.
import { expect } from 'chai';

import { pause, until } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../../support/events/events.js';
import { eventOf, useBatchMode } from '../../support/senders/batch-mode.js';
import { ControlledStore } from '../../support/servers/controlled-store.js';
import { MemoryStore } from '../../../dist/store/memory/store.js';

describe('batch mode', () => {
  const batch = useBatchMode();

  describe('throttling', () => {
    it('refuses a frame while too much waits, discards the later ones, and takes them in order afterwards', async () => {
      await batch.start();
      const client = await batch.connect();
      client.frame(1, eventOf('/1'));
      await client.next();
      batch.store.load = { appends: 1, events: 1, bytes: 1e12 };
      for (const seq of [2, 3, 4]) client.frame(seq, eventOf(`/${seq}`));
      expect(await client.next()).to.deep.equal({
        type: 'nack',
        seq: 2,
        code: 'throttle',
        retry_after_millis: 50,
      });
      await until('the later frames are discarded', () => batch.running.stats().discarded === 2);
      batch.store.load = undefined;
      client.frame(3, eventOf('/3'));
      await until('a frame out of turn is discarded too', () => batch.running.stats().discarded === 3);
      for (const seq of [2, 3, 4]) client.frame(seq, eventOf(`/${seq}`));
      for (const seq of [2, 3, 4]) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      expect(client.waiting).to.equal(0);
      expect(await batch.stored()).to.deep.equal(['/1', '/2', '/3', '/4']);
    });

    it('throttles by events as well as by bytes', async () => {
      await batch.start({ maxPendingEvents: 10 });
      const client = await batch.connect();
      batch.store.load = { appends: 1, events: 10, bytes: 0 };
      client.frame(1, eventOf('/1'));
      expect(await client.next()).to.include({ code: 'throttle' });
      expect(batch.running.stats()).to.include({ throttled: 1, stored: 0 });
    });

    it('keeps the order when the first frame of a connection is throttled', async () => {
      await batch.start();
      const client = await batch.connect();
      batch.store.load = { appends: 1, events: 1, bytes: 1e12 };
      client.frame(7, eventOf('/7'));
      expect(await client.next()).to.include({ seq: 7, code: 'throttle' });
      batch.store.load = undefined;
      client.frame(7, eventOf('/7'));
      client.frame(8, eventOf('/8'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 7 });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 8 });
    });

    it('does not allow a new name after a throttled frame', async () => {
      await batch.start();
      const client = await batch.connect();
      batch.store.load = { appends: 1, events: 1, bytes: 1e12 };
      client.frame(7, eventOf('/7'));
      await client.next();
      client.hello('producer-2');
      expect((await client.ended()).code).to.equal(4400);
    });

    it('stops reading from a client that ignores the window, and loses nothing', async () => {
      await batch.start({ maxInFlightFrames: 2 });
      const client = await batch.connect();
      batch.store.hold();
      for (let seq = 1; seq <= 40; seq += 1) client.frame(seq, wireEvent({ user_agent: 'x'.repeat(1000) }));
      await pause(50);
      batch.store.release();
      for (let seq = 1; seq <= 40; seq += 1) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      expect(await batch.stored()).to.have.length(40);
    });

    it('is not read while the store has enough to do, and goes on when another one has its answer', async () => {
      await batch.start();
      const [client, other] = [await batch.connect('producer-1'), await batch.connect('producer-2')];
      batch.store.load = { appends: 16, events: 8192, bytes: 0 };
      client.frame(1, eventOf('/1'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      client.frame(2, eventOf('/2'));
      await pause(50);
      expect(client.waiting).to.equal(0);
      batch.store.load = undefined;
      other.frame(1, eventOf('/other'));
      expect(await other.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 2 });
      expect(batch.running.stats().throttled).to.equal(0);
    });
  });

  describe('a store that fails', () => {
    beforeEach(() => batch.start());

    it('asks for no frame again that has come again behind one before it, however late it fails', async () => {
      const inner = new MemoryStore();
      const append = inner.append.bind(inner);
      let failLate: (() => void) | undefined;
      inner.append = (each) =>
        each.seq === 2 && failLate === undefined
          ? new Promise((_resolve, reject) => (failLate = () => reject(new Error('late'))))
          : append(each);
      batch.store = new ControlledStore(inner);
      await batch.start();
      const client = await batch.connect();
      batch.store.fault = ({ seq }) => (seq === 1 ? 'fail' : 'none');
      batch.store.hold();
      for (const seq of [1, 2]) client.frame(seq, eventOf(`/${seq}`));
      await until('both wait', () => batch.store.appends === 2);
      batch.store.release();
      expect(await client.next()).to.include({ seq: 1, code: 'throttle' });
      batch.store.fault = () => 'none';
      for (const seq of [1, 2]) client.frame(seq, eventOf(`/${seq}`));
      await until('both wait again', () => batch.store.appends === 4);
      failLate?.();
      for (const seq of [1, 2]) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      client.frame(3, eventOf('/3'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 3 });
      expect(await batch.stored()).to.deep.equal(['/1', '/2', '/3']);
    });

    it('throttles the frame, stores none of those behind it, and goes on when it works again', async () => {
      const client = await batch.connect();
      batch.store.hold();
      batch.store.fault = (each) => (each.seq === 1 ? 'fail' : 'none');
      for (const seq of [1, 2, 3]) client.frame(seq, eventOf(`/${seq}`));
      batch.store.release();
      expect(await client.next()).to.include({ type: 'nack', seq: 1, code: 'throttle' });
      await until('the others are dropped', () => batch.running.stats().discarded === 2);
      expect(await batch.stored()).to.deep.equal([]);
      batch.store.fault = () => 'none';
      for (const seq of [1, 2, 3]) client.frame(seq, eventOf(`/${seq}`));
      for (const seq of [1, 2, 3]) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
      expect(await batch.stored()).to.deep.equal(['/1', '/2', '/3']);
    });

    it('stores a frame once although its commit was reported as failed', async () => {
      const client = await batch.connect();
      batch.store.fault = (each) => (each.seq === 1 ? 'lost-answer' : 'none');
      client.frame(1, eventOf('/1'));
      expect(await client.next()).to.include({ seq: 1, code: 'throttle' });
      batch.store.fault = () => 'none';
      client.frame(1, eventOf('/1'));
      client.frame(2, eventOf('/2'));
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 2 });
      expect(await batch.stored()).to.deep.equal(['/1', '/2']);
    });

    it('closes with 1013 when it cannot say how far a producer got', async () => {
      batch.store.claim = () => Promise.reject(new Error('injected'));
      const client = await batch.raw();
      client.hello('producer-1');
      expect((await client.ended()).code).to.equal(1013);
    });
  });
});
