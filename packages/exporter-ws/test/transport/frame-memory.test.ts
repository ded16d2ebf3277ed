import { expect } from 'chai';
import { FrameMemory } from '../../dist/esm/transport/frame-memory.js';

describe('frame memory', () => {
  it('gives as much as was asked for, in whole words', () => {
    const memory = new FrameMemory();
    for (const bytes of [1, 16 * 1024, 16 * 1024 + 1, 300_000, 3_000_000]) {
      const piece = memory.take(bytes);
      expect(piece.byteLength).to.be.at.least(bytes);
      expect(piece.byteLength % 4).to.equal(0);
    }
  });

  it('gives out again what came back, never the same to two', () => {
    const memory = new FrameMemory();
    const first = memory.take(100);
    expect(memory.take(100)).not.to.equal(first);
    memory.giveBack(first);
    expect(memory.take(100)).to.equal(first);
    expect(memory.take(100)).not.to.equal(first);
  });

  it('gives out again a piece that is just large enough', () => {
    const memory = new FrameMemory();
    const whole = memory.take(64 * 1024);
    expect(whole.byteLength).to.equal(64 * 1024);
    memory.giveBack(whole);
    expect(memory.take(64 * 1024)).to.equal(whole);
  });

  it('never gives a piece that is too small, and keeps few and no huge ones', () => {
    const memory = new FrameMemory();
    const small = memory.take(100);
    memory.giveBack(small);
    expect(memory.take(20_000)).not.to.equal(small);
    const huge = memory.take(10_000_000);
    memory.giveBack(huge);
    expect(memory.take(10_000_000)).not.to.equal(huge);
    const pieces = [1, 2, 3, 4, 5].map(() => memory.take(100_000));
    for (const piece of pieces) memory.giveBack(piece);
    const again = [1, 2, 3, 4, 5].map(() => memory.take(100_000));
    expect(again.filter((piece) => pieces.includes(piece))).to.have.length(2);
  });
});
