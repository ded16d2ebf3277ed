import { expect } from 'chai';
import { MAX_WAITING, WaitingRoom } from '../../dist/esm/hand-over/waiting-room.js';

describe('WaitingRoom', () => {
  it('lets everything go in order, once', () => {
    const released: number[] = [];
    const room = new WaitingRoom<number>((item) => released.push(item));
    for (const item of [1, 2, 3]) room.admit(item);
    expect(room.size).to.equal(3);
    room.settle();
    room.settle();
    expect(released).to.deep.equal([1, 2, 3]);
    expect(room.size).to.equal(0);
  });

  it('is full at 1,000', () => {
    const room = new WaitingRoom<number>(() => undefined);
    for (let index = 0; index < MAX_WAITING; index += 1) expect(room.admit(index)).to.equal(true);
    expect(room.admit(0)).to.equal(false);
    room.settle();
    expect(room.admit(0)).to.equal(true);
  });
});
