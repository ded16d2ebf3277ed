import { expect } from 'chai';
import { Heartbeat } from '../../dist/esm/transport/heartbeat.js';
import { FakeClock } from '../support/fake-clock.js';

const config = { pingIntervalMillis: 15_000, pingTimeoutMillis: 10_000 };

function started(patience = 1): { clock: FakeClock; log: string[]; heartbeat: Heartbeat } {
  const clock = new FakeClock();
  const log: string[] = [];
  const heartbeat = new Heartbeat(config, clock, {
    ping: () => log.push('ping'),
    patience: () => patience,
    onDead: () => log.push('dead'),
  });
  return { clock, log, heartbeat };
}

describe('heartbeat', () => {
  it('pings after 15 s of silence and gives up 10 s later', () => {
    const { clock, log } = started();
    clock.pass(14_999);
    expect(log).to.deep.equal([]);
    clock.pass(1);
    expect(log).to.deep.equal(['ping']);
    clock.pass(10_000);
    expect(log).to.deep.equal(['ping', 'dead']);
  });

  it('waits longer where what was sent before it takes longer', () => {
    const { clock, log } = started(3);
    clock.pass(44_999);
    expect(log).to.deep.equal(['ping']);
    clock.pass(1);
    expect(log).to.deep.equal(['ping', 'dead']);
  });

  it('does not ping while something is received', () => {
    const { clock, log, heartbeat } = started();
    for (let second = 0; second < 120; second += 10) {
      clock.pass(10_000);
      heartbeat.life();
    }
    expect(log).to.deep.equal([]);
  });

  it('goes on after an answer', () => {
    const { clock, log, heartbeat } = started();
    clock.pass(15_000);
    clock.pass(1_000);
    heartbeat.life();
    clock.pass(9_000 + 15_000);
    expect(log).to.deep.equal(['ping', 'ping']);
  });

  it('takes what is received in the instant of the ping as an answer', () => {
    const { clock, log, heartbeat } = started();
    clock.pass(15_000);
    heartbeat.life();
    clock.pass(10_000);
    expect(log).to.deep.equal(['ping']);
  });

  it('reads what came during a blocked event loop before it gives up', () => {
    const { clock, log, heartbeat } = started();
    clock.pass(15_000);
    clock.jump(60_000, () => heartbeat.life());
    expect(log).to.deep.equal(['ping']);
  });

  it('says nothing after it was stopped', () => {
    const { clock, log, heartbeat } = started();
    clock.pass(15_000);
    heartbeat.stop();
    clock.pass(100_000);
    expect([log, clock.pending]).to.deep.equal([['ping'], 0]);
  });

  it('says nothing where it was stopped by what is read before it gives up', () => {
    const { clock, log, heartbeat } = started();
    clock.pass(15_000);
    clock.pass(10_000, () => heartbeat.stop());
    expect([log, clock.pending]).to.deep.equal([['ping'], 0]);
  });
});
