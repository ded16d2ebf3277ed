import { expect } from 'chai';
import fc from 'fast-check';
import { Isolation } from '../../dist/esm/protocol/isolation.js';
import type { EventBatch } from '../../dist/esm/queue/event-batch.js';
import { SendingQueue } from '../../dist/esm/queue/sending-queue.js';
import { writeText } from '../support/written.js';

const WINDOW = 64;

/** A queue of numbered events, an isolation over it, and connections on which `chokesOn` ends things. */
class Line {
  readonly queue = new SendingQueue({ maxEvents: Infinity, maxBytes: Infinity }, writeText);
  readonly delivered: string[] = [];
  readonly settled: string[] = [];
  readonly givenUp: string[] = [];
  now = 0;
  readonly isolation: Isolation;
  readonly chokesOn: (text: string) => boolean;
  #settledCount = 0;

  constructor(chokesOn: (text: string) => boolean, maxPoisonAttempts = 5) {
    this.chokesOn = chokesOn;
    this.isolation = new Isolation({
      maxPoisonAttempts,
      widestWindow: WINDOW,
      retry: { initialMillis: 100, maxMillis: 1_000 },
      now: () => this.now,
    });
  }

  add(from: number, count: number): void {
    for (let index = from; index < from + count; index += 1) this.queue.offer(String(index));
  }

  /** One connection in event mode: answers come while nothing chokes; all but the answered is put back. */
  connect(): void {
    const given = this.isolation.judge(this.queue, this.#settledCount);
    if (given !== undefined) {
      this.givenUp.push(...given.event.texts());
      this.queue.release(given.event);
      this.#settledCount += 1;
    }
    let settled = 0;
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      const texts = batch.texts();
      this.delivered.push(...texts);
      const culprit = texts.findIndex(this.chokesOn);
      if (culprit === -1) {
        settled += this.#settle(batch);
        continue;
      }
      this.queue.putBack(batch);
      if (culprit > 0) settled += this.#settle(this.queue.take(culprit, Infinity));
      this.isolation.ended('fault', texts.length - culprit, settled);
      return;
    }
  }

  #take(): EventBatch {
    this.now += 10;
    return this.isolation.take(this.queue, 0, WINDOW, Infinity);
  }

  #settle(batch: EventBatch): number {
    this.settled.push(...batch.texts());
    this.queue.release(batch);
    this.#settledCount += batch.length;
    this.isolation.settled(batch.length);
    return batch.length;
  }
}

function times(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

describe('isolation', () => {
  it('gets all events but the one that chokes through, and gives that one up', () => {
    const line = new Line((text) => text === '50');
    line.add(0, 100);
    for (let round = 0; round < 60; round += 1) {
      line.connect();
      line.add(100 + round, 1);
      line.now += 100;
    }
    expect(line.givenUp).to.deep.equal(['50']);
    expect(new Set(line.settled).size).to.equal(line.settled.length);
    expect(line.settled).to.have.length(99 + 59);
    expect(line.isolation.calm).to.equal(true);
  });

  it('delivers an innocent event at most log2(window) + 3 times for each event that chokes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 150 }), (culprit) => {
        const line = new Line((text) => text === String(culprit));
        line.add(0, 200);
        for (let round = 0; round < 60; round += 1) {
          line.connect();
          line.add(200 + round, 1);
          line.now += 100;
        }
        const counts = times(line.delivered);
        counts.delete(String(culprit));
        expect(Math.max(...counts.values())).to.be.at.most(Math.log2(WINDOW) + 3);
        expect(line.givenUp).to.deep.equal([String(culprit)]);
      }),
      { numRuns: 50 },
    );
  });

  it('gives nothing up while the backend fails at every event, and delivers all of them afterwards', () => {
    let failing = true;
    const line = new Line(() => failing);
    line.add(0, 30);
    for (let round = 0; round < 500; round += 1) {
      line.connect();
      line.now += 100_000;
    }
    failing = false;
    for (let round = 0; round < 5; round += 1) {
      line.connect();
      line.now += 2 ** 31;
    }
    expect(line.givenUp).to.deep.equal([]);
    expect(line.settled.toSorted((a, b) => Number(a) - Number(b))).to.deep.equal(
      Array.from({ length: 30 }, (_, index) => String(index)),
    );
  });

  it('never gives up with 0 attempts', () => {
    const line = new Line((text) => text === '3', 0);
    line.add(0, 10);
    for (let round = 0; round < 100; round += 1) {
      line.connect();
      line.add(10 + round, 1);
      line.now += 2 ** 31;
    }
    expect(line.givenUp).to.deep.equal([]);
    expect(line.isolation.quarantine.size).to.equal(1);
    expect(line.delivered.filter((text) => text === '3').length).to.be.above(10);
  });

  it('is not made careful by one fruitless connection, by ends that are no evidence, or with nothing in flight', () => {
    const { isolation } = new Line(() => false);
    expect(isolation.ended('fault', 9, 0)).to.equal(false);
    expect(isolation.ended('fault', 9, 9)).to.equal(false);
    expect(isolation.ended('fault', 9, 8)).to.equal(false);
    for (let time = 0; time < 9; time += 1) {
      expect(isolation.ended('none', 9, 0)).to.equal(false);
      expect(isolation.ended('fault', 0, 0)).to.equal(false);
    }
    expect(isolation.calm).to.equal(true);
    expect(isolation.ended('fault', 9, 0)).to.equal(true);
    expect(isolation.calm).to.equal(false);
  });

  it('is calm again when as many events as were under suspicion were settled, and not before', () => {
    const { isolation } = new Line(() => false);
    for (let time = 0; time < 2; time += 1) isolation.ended('fault', 9, 0);
    isolation.settled(4);
    isolation.settled(4);
    expect(isolation.calm).to.equal(false);
    isolation.settled(1);
    expect(isolation.calm).to.equal(true);
  });

  it('gives an event up with the last connection that it may end alone, none of which is a step forward', () => {
    const line = new Line(() => false, 2);
    const { isolation, queue } = line;
    line.add(0, 2);
    for (let time = 0; time < 2; time += 1) expect(isolation.ended('fault', 1, 0)).to.equal(false);
    expect(isolation.judge(queue, 0)).to.equal(undefined);
    line.now = 1_000;
    const other = isolation.take(queue, 0, WINDOW, Infinity);
    expect(other.texts()).to.deep.equal(['1']);
    queue.release(other);
    isolation.settled(1);
    const suspect = isolation.take(queue, 0, WINDOW, Infinity);
    expect(suspect.texts()).to.deep.equal(['0']);
    queue.putBack(suspect);
    expect(isolation.ended('fault', 1, 1)).to.equal(false);
    const given = isolation.judge(queue, 1);
    expect([given?.reason, given?.event.texts()]).to.deep.equal(['poison', ['0']]);
  });

  it('gives an event up at once that alone is too large', () => {
    const line = new Line(() => false);
    line.add(0, 6);
    expect(line.isolation.ended('too_large', 6, 0)).to.equal(true);
    expect(line.isolation.take(line.queue, 0, WINDOW, Infinity).texts()).to.deep.equal(['0']);
    line.isolation.settled(1);
    const suspect = line.isolation.take(line.queue, 0, 1, Infinity);
    line.queue.putBack(suspect);
    line.isolation.ended('too_large', 1, 1);
    const given = line.isolation.judge(line.queue, 1);
    expect([given?.reason, given?.event.texts()]).to.deep.equal(['too_large', ['1']]);
  });

  it('forgets an accusation when the event turns out to be stored', () => {
    const line = new Line(() => false);
    line.add(0, 2);
    for (let time = 0; time < 2; time += 1) line.isolation.ended('fault', 1, 0);
    line.isolation.settled(1);
    expect(line.isolation.judge(line.queue, 1)).to.equal(undefined);
    expect(line.queue.length).to.equal(2);
  });
});
