import { expect } from 'chai';
import { AckDeadline } from '../../dist/esm/protocol/ack-deadline.js';
import { FakeClock } from '../support/fake-clock.js';

function started(): { clock: FakeClock; deadline: AckDeadline; expired: () => number } {
  const clock = new FakeClock();
  let count = 0;
  const deadline = new AckDeadline(
    () => 10_000,
    clock,
    () => void (count += 1),
  );
  return { clock, deadline, expired: () => count };
}

describe('acknowledgement deadline', () => {
  it('expires when nothing is acknowledged in time', () => {
    const { clock, deadline, expired } = started();
    deadline.sent();
    clock.pass(9_999);
    expect([expired(), deadline.waitedMillis]).to.deep.equal([0, 9_999]);
    clock.pass(1);
    expect(expired()).to.equal(1);
  });

  it('waits as long as the oldest in flight may take at that moment', () => {
    const clock = new FakeClock();
    let limit = 10_000;
    let expired = 0;
    const deadline = new AckDeadline(
      () => limit,
      clock,
      () => void (expired += 1),
    );
    deadline.sent();
    limit = 40_000;
    clock.pass(39_999);
    expect(expired).to.equal(0);
    clock.pass(1);
    expect(expired).to.equal(1);
  });

  it('is not moved by sending more', () => {
    const { clock, deadline, expired } = started();
    deadline.sent();
    clock.pass(9_000);
    deadline.sent();
    clock.pass(1_000);
    expect(expired()).to.equal(1);
  });

  it('starts anew with progress, however slow, as long as there is some', () => {
    const { clock, deadline, expired } = started();
    deadline.sent();
    for (let step = 0; step < 20; step += 1) {
      clock.pass(9_000);
      deadline.progress(true);
    }
    expect(expired()).to.equal(0);
    clock.pass(10_000);
    expect(expired()).to.equal(1);
  });

  it('waits for nothing when nothing is in flight', () => {
    const { clock, deadline, expired } = started();
    deadline.sent();
    clock.pass(5_000);
    deadline.progress(false);
    clock.pass(100_000);
    expect([expired(), deadline.waitedMillis, clock.pending]).to.deep.equal([0, 0, 0]);
    deadline.sent();
    clock.pass(10_000);
    expect(expired()).to.equal(1);
  });

  it('reads an acknowledgement that came during a blocked event loop before it expires', () => {
    const { clock, deadline, expired } = started();
    deadline.sent();
    clock.jump(60_000, () => deadline.progress(true));
    expect(expired()).to.equal(0);
    clock.pass(10_000);
    expect(expired()).to.equal(1);
  });

  it('keeps watching what was sent while its verdict was pending', () => {
    const { clock, deadline, expired } = started();
    deadline.sent();
    clock.jump(60_000, () => {
      deadline.progress(false);
      deadline.sent();
    });
    clock.pass(10_000);
    expect(expired()).to.equal(1);
  });
});
