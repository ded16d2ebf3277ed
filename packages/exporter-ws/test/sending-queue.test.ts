import { expect } from 'chai';
import fc from 'fast-check';
import { SendingQueue } from '../dist/esm/sending-queue.js';

const event = (text: string): Buffer => Buffer.from(text);
const texts = (events: readonly Buffer[]): string[] => events.map(String);

describe('sending queue', () => {
  it('gives events back in the order they came', () => {
    const queue = new SendingQueue({ maxEvents: 10, maxBytes: 100 });
    for (const text of ['a', 'b', 'c']) queue.offer(event(text));
    expect(texts(queue.take(2, 100))).to.deep.equal(['a', 'b']);
    expect(texts(queue.take(2, 100))).to.deep.equal(['c']);
    expect(queue.take(2, 100)).to.deep.equal([]);
  });

  it('refuses the newest when a limit would be passed', () => {
    const byCount = new SendingQueue({ maxEvents: 2, maxBytes: 100 });
    expect(['a', 'b', 'c'].map((text) => byCount.offer(event(text)))).to.deep.equal([true, true, false]);
    const byBytes = new SendingQueue({ maxEvents: 9, maxBytes: 3 });
    expect(['ab', 'cd', 'e'].map((text) => byBytes.offer(event(text)))).to.deep.equal([true, false, true]);
  });

  it('counts what was taken until it is released', () => {
    const queue = new SendingQueue({ maxEvents: 2, maxBytes: 100 });
    queue.offer(event('a'));
    queue.offer(event('b'));
    const taken = queue.take(2, 100);
    expect(queue.offer(event('c'))).to.equal(false);
    queue.release(taken);
    expect(queue.offer(event('c'))).to.equal(true);
  });

  it('puts events back in front', () => {
    const queue = new SendingQueue({ maxEvents: 9, maxBytes: 100 });
    for (const text of ['a', 'b', 'c', 'd']) queue.offer(event(text));
    queue.putBack(queue.take(2, 100));
    expect(texts(queue.take(9, 100))).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('keeps a batch within bytes, but always takes one', () => {
    const queue = new SendingQueue({ maxEvents: 9, maxBytes: 100 });
    for (const text of ['aaaa', 'bb', 'cc', 'd']) queue.offer(event(text));
    expect(texts(queue.take(9, 3))).to.deep.equal(['aaaa']);
    expect(texts(queue.take(9, 4))).to.deep.equal(['bb', 'cc']);
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
        const queue = new SendingQueue(limits);
        const accepted: string[] = [];
        const released: string[] = [];
        let taken: Buffer[] = [];
        let next = 0;
        for (const { kind, size } of steps) {
          const fresh = event(String(next).padEnd(size, '.'));
          if (kind === 'offer' && queue.offer(fresh)) accepted.push(String(fresh));
          if (kind === 'offer') next += 1;
          if (kind === 'take') taken = [...taken, ...queue.take(size, 40)];
          if (kind === 'putBack') queue.putBack(taken.splice(Math.max(0, taken.length - size)));
          if (kind === 'release') {
            const done = taken.splice(0, size);
            queue.release(done);
            released.push(...texts(done));
          }
          expect(queue.heldEvents).to.equal(accepted.length - released.length);
          expect(queue.heldEvents).to.be.at.most(limits.maxEvents);
          expect(queue.heldBytes).to.be.at.most(limits.maxBytes);
        }
        expect([...released, ...texts(taken), ...texts(queue.take(99, 999))]).to.deep.equal(accepted);
      }),
    );
  });
});
