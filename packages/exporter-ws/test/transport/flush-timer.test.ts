import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { hurryAll, joinTogether } from '../../dist/esm/internal.js';
import { FlushTimer } from '../../dist/esm/transport/flush-timer.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { quickExporter } from '../support/exporters.js';
import { FakeClock } from '../support/fake-clock.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const INTERVAL = 250;

function started(): { clock: FakeClock; timer: FlushTimer; flushes: () => number } {
  const clock = new FakeClock();
  // Input comes at once.
  clock.duringInput = (callback) => callback();
  let count = 0;
  const timer = new FlushTimer(clock, INTERVAL, new AsyncResource('test'), () => (count += 1));
  return { clock, timer, flushes: () => count };
}

describe('flush timer', () => {
  it('is due an interval after the first that waits', () => {
    const { clock, timer, flushes } = started();
    timer.arm();
    clock.pass(INTERVAL / 2);
    timer.arm();
    expect(flushes()).to.equal(0);
    clock.pass(INTERVAL / 2);
    expect([flushes(), clock.pending]).to.deep.equal([1, 0]);
  });

  it('is not armed anew while what was due waits for the input of the turn, and then again', () => {
    const { clock, timer, flushes } = started();
    const turn: (() => void)[] = [];
    clock.duringInput = (callback) => void turn.push(callback);
    timer.arm();
    clock.pass(INTERVAL);
    timer.arm();
    expect([flushes(), clock.pending]).to.deep.equal([0, 0]);
    turn.forEach((callback) => callback());
    expect(flushes()).to.equal(1);
    timer.arm();
    expect(clock.pending).to.equal(1);
  });

  it('is due at once when the process will end soon, also for what comes behind something that is held up', () => {
    const { clock, timer, flushes } = started();
    timer.arm();
    timer.makeHaste();
    timer.arm(true);
    expect(flushes()).to.equal(0);
    timer.arm();
    expect([flushes(), clock.pending]).to.deep.equal([1, 0]);
  });

  it('comes back after an interval for what is held up, however near the end', () => {
    const { clock, timer, flushes } = started();
    timer.makeHaste();
    timer.arm(true);
    clock.pass(INTERVAL);
    expect(flushes()).to.equal(1);
  });

  for (const mode of ['batch', 'event'] as const) {
    it(`takes no processor of a process that will end soon while a full window waits for answers, in ${mode} mode`, async () => {
      const backend = new BatchBackend();
      backend.silent = true;
      const server = await ScriptedServer.start(
        mode === 'batch' ? backend.script() : { onMessage: () => undefined },
      );
      const exporter = quickExporter(server.url, {
        protocol: mode,
        ackTimeoutMillis: 60_000,
        flushIntervalMillis: 20,
        maxBatchEvents: 10,
        maxInFlightEvents: 80,
      });
      exporter.export(numberedSpans(200), () => undefined);
      await until('a full window', () => exporter.stats().inFlight === 80);
      let flushes = 0;
      joinTogether(exporter, { handOver: () => void (flushes += 1) });
      hurryAll();
      await sleep(300);
      expect(flushes).to.be.within(1, 50);
    });
  }
});
