import { expect } from 'chai';
import { FrameSize } from '../../dist/esm/protocol/frame-size.js';
import { batchOf } from '../support/batches.js';

const KIB = 1024;
const MAX = 256 * KIB;
const TIMEOUT = 10_000;
const fresh = (): FrameSize => new FrameSize({ maxBytes: MAX, ackTimeoutMillis: TIMEOUT });

/** Sends `count` bytes over a line, in frames of the size that is wanted; true if none took longer than the timeout. */
function send(size: FrameSize, bytesPerSecond: number, count: number): boolean {
  let now = 0;
  size.began(now);
  for (let left = count; left > 0;) {
    const frame = Math.min(left, MAX, size.bytes);
    const millis = (frame / bytesPerSecond) * 1e3;
    if (millis > TIMEOUT) {
      size.timedOut(frame);
      return false;
    }
    now += millis;
    left -= frame;
    size.settled(frame, now);
  }
  return true;
}

describe('size of frames', () => {
  it('has no limit of its own until a frame is not acknowledged in time', () => {
    const size = fresh();
    expect(send(size, 27 * KIB, 4 * MAX)).to.equal(true);
    expect(size.bytes).to.equal(Infinity);
  });

  it('is a quarter of that of a frame that was not, down to a kibibyte', () => {
    const size = fresh();
    const sizes = [MAX, MAX, 16 * KIB, 9_000, 1_024].map((bytes) => [size.timedOut(bytes), size.bytes]);
    expect(sizes).to.deep.equal([
      [true, 64 * KIB],
      [true, 16 * KIB],
      [true, 4 * KIB],
      [true, KIB],
      [false, KIB],
    ]);
  });

  it('says whether that helps: a single small event cannot go in a smaller frame', () => {
    const size = fresh();
    expect([size.timedOut(300), size.bytes]).to.deep.equal([false, Infinity]);
  });

  for (const bytesPerSecond of [500, 1_000, 8_000, 16_000, 25_000]) {
    it(`settles where a frame takes an eighth to a half of the timeout at ${bytesPerSecond} bytes/s`, () => {
      const size = fresh();
      let rounds = 0;
      while (!send(size, bytesPerSecond, 20 * MAX)) rounds += 1;
      expect(rounds).to.be.below(5);
      const millis = (size.bytes / bytesPerSecond) * 1e3;
      expect(millis).to.be.within(TIMEOUT / 8, TIMEOUT / 2);
    });
  }

  it('has no limit again once the line is fast', () => {
    const size = fresh();
    while (!send(size, 500, 20 * MAX));
    send(size, 1_000_000, 2 * MAX);
    expect(size.bytes).to.equal(Infinity);
  });

  it('does not take a wait in which nothing was in flight for a slow line, nor a small frame for a fast one', () => {
    const size = fresh();
    size.timedOut(MAX);
    for (let minute = 0; minute < 60; minute += 1) {
      size.began(minute * 60_000);
      size.settled(2_000, minute * 60_000 + 20);
    }
    expect(size.bytes).to.equal(64 * KIB);
  });

  it('does not shrink for a backend that is slow whatever the size', () => {
    const size = fresh();
    size.timedOut(MAX);
    for (let now = 0; now < 600_000; now += 6_000) {
      size.began(now);
      for (let frame = 0; frame < 8; frame += 1) size.settled(Math.min(MAX, size.bytes), now + 6_000);
    }
    expect(size.bytes).to.equal(Infinity);
  });

  it('gives an event that is larger than a frame may be as many timeouts as it is times larger, at most eight', () => {
    const size = fresh();
    const patience = (): number[] => [0, KIB, 60 * KIB, 600 * KIB].map((bytes) => size.patience(bytes));
    expect(patience()).to.deep.equal([1, 1, 1, 1]);
    size.timedOut(60 * KIB);
    expect([size.bytes, ...patience()]).to.deep.equal([15 * KIB, 1, 1, 4, 8]);
    send(size, 1_000_000, 2 * MAX);
    expect(patience()).to.deep.equal([1, 1, 1, 1]);
  });

  it('refuses frames that are larger, unless there is a single event in them', () => {
    const size = fresh();
    size.timedOut(4 * KIB);
    const text = 'x'.repeat(KIB);
    expect(
      [batchOf(text, text), batchOf(text + text), batchOf('x', 'x')].map((each) => size.refuses(each)),
    ).to.deep.equal([true, false, false]);
  });
});
