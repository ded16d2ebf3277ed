import { expect } from 'chai';
import { systemClock } from '../dist/esm/clock.js';
import { runScript } from './support/child.js';

describe('system clock', () => {
  it('runs a callback after input although nothing else happens', async () => {
    // Ten seconds of silence, unless the callback comes by itself: an unreferenced immediate would wait for them.
    const silence = setTimeout(() => undefined, 10_000);
    const started = performance.now();
    await new Promise<void>((resolve) => systemClock.afterInput(resolve));
    clearTimeout(silence);
    expect(performance.now() - started).to.be.below(5_000);
  });

  it('runs a callback among input: after the timers that are due, before immediates, and holds no process for it', async () => {
    const exit = await runScript(`
      const { systemClock } = await import('./dist/esm/clock.js');
      setTimeout(() => {
        systemClock.duringInput(() => console.log('input'));
        setImmediate(() => console.log('end of the turn'));
      }, 20);
      setTimeout(() => console.log('timer'), 21);
      const until = performance.now() + 40;
      while (performance.now() < until);
      process.on('beforeExit', () => systemClock.duringInput(() => console.log('never')));
    `);
    expect(exit.stdout.split('\n')).to.deep.equal(['timer', 'input', 'end of the turn', '']);
  });

  it('takes an impossible delay for one millisecond or the longest possible, never for a hot loop', async () => {
    for (const millis of [2 ** 31, Infinity]) {
      let fired = false;
      const timer = systemClock.after(millis, () => void (fired = true));
      await new Promise((resolve) => void setTimeout(resolve, 20));
      timer.cancel();
      expect(fired, String(millis)).to.equal(false);
    }
  });

  it('holds the process for holdFor and not for after', async () => {
    const exit = await runScript(`
      const { systemClock } = await import('./dist/esm/clock.js');
      systemClock.after(60_000, () => console.log('never'));
      systemClock.holdFor(50, () => console.log('held'));
    `);
    expect([exit.code, exit.stdout.trim()]).to.deep.equal([0, 'held']);
  });
});
