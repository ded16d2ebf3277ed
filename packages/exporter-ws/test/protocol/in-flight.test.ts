import { expect } from 'chai';
import { InFlightFrames } from '../../dist/esm/protocol/in-flight.js';
import type { EventBatch } from '../../dist/esm/queue/event-batch.js';
import { batchOf } from '../support/batches.js';

const events = (count: number): EventBatch =>
  batchOf(...Array.from({ length: count }, (_, index) => String(index)));

function sent(...sizes: number[]): InFlightFrames {
  const frames = new InFlightFrames();
  for (const size of sizes) {
    frames.add(events(size));
    frames.markSent();
  }
  return frames;
}

describe('in-flight frames', () => {
  it('numbers frames from 1 without a gap', () => {
    const frames = new InFlightFrames();
    expect([frames.add(events(1)).seq, frames.add(events(1)).seq, frames.lastSeq]).to.deep.equal([1, 2, 2]);
  });

  it('settles cumulatively', () => {
    const frames = sent(1, 2, 3);
    expect(frames.settleThrough(2).map(({ seq }) => seq)).to.deep.equal([1, 2]);
    expect([frames.length, frames.sentLength, frames.sentEvents]).to.deep.equal([1, 1, 3]);
    expect(frames.settleThrough(2)).to.deep.equal([]);
  });

  it('knows which numbers are out and unanswered', () => {
    const frames = sent(1, 1);
    frames.add(events(1));
    frames.settleThrough(1);
    expect([0, 1, 2, 3, 4].map((seq) => frames.isSent(seq))).to.deep.equal([
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it('sends again from a number on, under the same numbers', () => {
    const frames = sent(1, 2, 3);
    frames.rewindTo(2);
    expect([frames.sentEvents, frames.unsentEvents, frames.nextUnsent()?.seq]).to.deep.equal([1, 5, 2]);
  });

  it('sends everything again after a lost connection', () => {
    const frames = sent(1, 2, 3);
    frames.settleThrough(1);
    frames.rewind();
    expect([frames.sentEvents, frames.unsentEvents, frames.nextUnsent()?.seq]).to.deep.equal([0, 5, 2]);
  });

  it('settles frames that still had to be sent again', () => {
    const frames = sent(1, 2, 3);
    frames.rewind();
    frames.settleThrough(2);
    expect([frames.sentEvents, frames.unsentEvents, frames.nextUnsent()?.seq]).to.deep.equal([0, 3, 3]);
  });

  it('numbers its frames from 1 for a new producer and forgets none', () => {
    const frames = sent(1, 2, 3);
    frames.settleThrough(1);
    frames.renumber();
    expect([frames.nextUnsent()?.seq, frames.lastSeq, frames.unsentEvents]).to.deep.equal([1, 2, 5]);
    expect(frames.add(events(1)).seq).to.equal(3);
  });

  it('never gives the number of a dissolved frame again', () => {
    const frames = sent(1, 2);
    expect(frames.dissolve().texts()).to.deep.equal(['0', '0', '1']);
    expect([frames.length, frames.sentEvents, frames.unsentEvents]).to.deep.equal([0, 0, 0]);
    expect(frames.add(events(1)).seq).to.equal(3);
  });
});
