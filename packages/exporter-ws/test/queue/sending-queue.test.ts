import { expect } from 'chai';
import fc from 'fast-check';
import { EventBatch } from '../../dist/esm/queue/event-batch.js';
import { SendingQueue } from '../../dist/esm/queue/sending-queue.js';
import { writeText } from '../support/written.js';

const CHUNK_BYTES = 64 * 1024;
const UNLIMITED = { maxEvents: Infinity, maxBytes: Infinity };

/** The memory that events lie in. */
const memoryOf = (events: EventBatch): Buffer[] => events.runs.map(({ chunk }) => chunk.bytes);

describe('sending queue', () => {
  it('gives events back in the order they came', () => {
    const queue = new SendingQueue({ maxEvents: 10, maxBytes: 100 }, writeText);
    for (const text of ['a', 'b', 'c']) queue.offer(text);
    expect(queue.take(2, 100).texts()).to.deep.equal(['a', 'b']);
    expect(queue.take(2, 100).texts()).to.deep.equal(['c']);
    expect(queue.take(2, 100).texts()).to.deep.equal([]);
  });

  it('refuses the newest when a limit would be passed', () => {
    const byCount = new SendingQueue({ maxEvents: 2, maxBytes: 100 }, writeText);
    expect(['a', 'b', 'c'].map((text) => byCount.offer(text))).to.deep.equal([true, true, false]);
    const byBytes = new SendingQueue({ maxEvents: 9, maxBytes: 3 }, writeText);
    expect(['ab', 'cd', 'e'].map((text) => byBytes.offer(text))).to.deep.equal([true, false, true]);
  });

  it('counts what was taken until it is released', () => {
    const queue = new SendingQueue({ maxEvents: 2, maxBytes: 100 }, writeText);
    queue.offer('a');
    queue.offer('b');
    const taken = queue.take(2, 100);
    expect(queue.offer('c')).to.equal(false);
    queue.release(taken);
    expect(queue.offer('c')).to.equal(true);
  });

  it('counts the bytes of what was taken until they are released or put back, and has all of its room again', () => {
    const queue = new SendingQueue({ maxEvents: 9, maxBytes: 4 }, writeText);
    for (let round = 0; round < 3; round += 1) {
      expect(['aa', 'bb'].map((text) => queue.offer(text))).to.deep.equal([true, true]);
      queue.putBack(queue.take(1, 100));
      const taken = queue.take(2, 100);
      expect([queue.offer('c'), queue.heldBytes]).to.deep.equal([false, 4]);
      queue.release(taken);
      expect([queue.heldEvents, queue.heldBytes]).to.deep.equal([0, 0]);
    }
  });

  it('puts events back in front', () => {
    const queue = new SendingQueue({ maxEvents: 9, maxBytes: 100 }, writeText);
    for (const text of ['a', 'b', 'c', 'd']) queue.offer(text);
    queue.putBack(queue.take(2, 100));
    expect(queue.take(9, 100).texts()).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('keeps a batch within bytes, but always takes one', () => {
    const queue = new SendingQueue({ maxEvents: 9, maxBytes: 100 }, writeText);
    for (const text of ['aaaa', 'bb', 'cc', 'd']) queue.offer(text);
    expect(queue.take(9, 3).texts()).to.deep.equal(['aaaa']);
    expect(queue.take(9, 4).texts()).to.deep.equal(['bb', 'cc']);
  });

  it('stays within both limits, keeps the order and forgets nothing, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('offer'), size: fc.integer({ min: 1, max: 9 }) }),
      fc.record({
        kind: fc.constantFrom('take', 'release', 'putBack'),
        size: fc.integer({ min: 1, max: 5 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const limits = { maxEvents: 12, maxBytes: 60 };
        const queue = new SendingQueue(limits, writeText);
        const accepted: string[] = [];
        const released: string[] = [];
        let taken: EventBatch[] = [];
        let next = 0;
        for (const { kind, size } of steps) {
          const fresh = String(next).padEnd(size, '.');
          if (kind === 'offer' && queue.offer(fresh)) accepted.push(fresh);
          if (kind === 'offer') next += 1;
          if (kind === 'take') taken.push(queue.take(size, 40));
          if (kind === 'putBack') queue.putBack(EventBatch.concat(taken.splice(-size)));
          if (kind === 'release') {
            for (const done of taken.splice(0, size)) {
              released.push(...done.texts());
              queue.release(done);
            }
          }
          expect(queue.heldEvents).to.equal(accepted.length - released.length);
          expect(queue.heldEvents).to.be.at.most(limits.maxEvents);
          expect(queue.heldBytes).to.be.at.most(limits.maxBytes);
        }
        const left = [...taken, queue.take(99, 999)].flatMap((events) => events.texts());
        expect([...released, ...left]).to.deep.equal(accepted);
      }),
    );
  });

  it('keeps every text as its UTF-8, however many there are and however long', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 9000 }), { maxLength: 60 });
    fc.assert(
      fc.property(texts, (all) => {
        const queue = new SendingQueue(UNLIMITED, writeText);
        for (const text of all) queue.offer(text);
        expect(queue.bytes).to.equal(Buffer.byteLength(all.join('')));
        expect(queue.take(Infinity, Infinity).texts()).to.deep.equal(all);
      }),
      { numRuns: 50 },
    );
  });

  it('takes an event that is larger than its chunks', () => {
    const long = 'ü'.repeat(CHUNK_BYTES);
    const queue = new SendingQueue(UNLIMITED, writeText);
    for (const text of ['before', long, 'after']) queue.offer(text);
    expect(queue.take(9, Infinity).texts()).to.deep.equal(['before', long, 'after']);
  });

  it('refuses an event that grows while it is written, and keeps all others', () => {
    let writes = 0;
    const queue = new SendingQueue<string>(UNLIMITED, (text, bytes, start) =>
      writeText(text === 'growing' ? 'x'.repeat(CHUNK_BYTES * ++writes) : text, bytes, start),
    );
    queue.offer('before');
    expect(() => queue.offer('growing')).to.throw(RangeError);
    queue.offer('after');
    expect(queue.take(9, Infinity).texts()).to.deep.equal(['before', 'after']);
  });

  it('uses the memory of what was released again, and never that of what was not', () => {
    const queue = new SendingQueue(UNLIMITED, writeText);
    const used = new Set<Buffer>();
    let expected = 0;
    const kept: EventBatch[] = [];
    for (let index = 0; index < 20_000; index += 1) {
      queue.offer(String(index).padEnd(400, '.'));
      if (index % 10 !== 9) continue;
      const events = queue.take(10, Infinity);
      for (const memory of memoryOf(events)) used.add(memory);
      for (const text of events.texts()) {
        expect(text.startsWith(`${expected}.`), text).to.equal(true);
        expected += 1;
      }
      if (index % 1000 === 999) kept.push(events);
      else queue.release(events);
    }
    // Each batch that is kept holds one chunk or two; without reuse it would be 123.
    expect(used.size).to.be.at.most(2 * kept.length + 2);
    expect(kept.map((events) => events.texts()[0]?.split('.')[0])).to.deep.equal(
      kept.map((_, index) => String(index * 1000 + 990)),
    );
  });

  it('holds no more memory for the few events that a full queue takes than for as many others', () => {
    const queue = new SendingQueue({ maxEvents: 10, maxBytes: Infinity }, writeText);
    const used = new Set<Buffer>();
    for (let index = 0; index < 20_000; index += 1) {
      queue.offer(String(index).padEnd(400, '.'));
      if (index % 100 !== 0) continue;
      const events = queue.take(1, Infinity);
      for (const memory of memoryOf(events)) used.add(memory);
      queue.release(events);
    }
    expect(used.size).to.be.at.most(2);
  });
});
