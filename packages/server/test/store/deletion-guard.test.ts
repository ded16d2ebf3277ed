// A clock that is wrong: what was deleted because of it would not come back when it is set right.

import { join } from 'node:path';

import { expect } from 'chai';

import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { startForgetting, type ForgettingClock } from '../../dist/store/forgetting.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { startRetention } from '../../dist/store/retention.js';
import type { Store } from '../../dist/store/store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, lastSeqOf, producerRef, START } from '../support/events/events.js';
import { call, server } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  MemoryStore: () => Promise.resolve(new MemoryStore()),
  DuckDbStore: () => DuckDbStore.open(join(tempFolder(), 'x.duckdb'), { memoryLimit: '256MB', threads: 1 }),
};

for (const [name, open] of Object.entries(stores)) {
  describe(`${name}: a clock that is wrong`, () => {
    let store: Store;
    let time: number;
    let lines: string[];
    let tasks: (() => void)[];

    const clock: ForgettingClock = {
      now: () => time,
      every: (_, task) => {
        tasks.push(task);
        return () => undefined;
      },
    };
    const log = (_: string, line: string): void => void lines.push(line);
    const settled = async (): Promise<void> => {
      // What it asks of the store comes before this, and what it deletes before the next.
      for (let n = 0; n < 3; n += 1) {
        await store.arrivals(0);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    const pass = async (millis: number): Promise<void> => {
      time += millis;
      for (const task of tasks) task();
      await settled();
    };
    const left = async (): Promise<number> => (await store.events({ limit: 1000 })).length;
    const receive = (receivedAt: number): Promise<unknown> =>
      store.append(append({ producer: producerRef({ producer: 'p' }), seq: null, receivedAt }));

    beforeEach(async () => {
      store = await open();
      afterTest(() => store.close());
      [time, lines, tasks] = [START, [], []];
      for (let day = 0; day < 7; day += 1) await receive(START - day * DAY);
    });

    const retain = async (): Promise<void> => {
      startRetention({ store, retentionDays: 7, maxDbBytes: 0, log, clock });
      await settled();
    };

    it('S4 deletes nothing for a day, and nothing at all when it is set right', async () => {
      time += 365 * DAY;
      await retain();
      for (let hour = 1; hour < 24; hour += 1) await pass(HOUR);
      expect(await left()).to.equal(7);
      time -= 365 * DAY;
      for (let hour = 0; hour < 30; hour += 1) await pass(HOUR / 100);
      expect(await left()).to.equal(7);
      expect(lines).to.deep.equal([
        'old events are kept for a day more: nothing came for 365 days, unless the clock is wrong',
      ]);
    });

    it('S4 deletes nothing for a day although events come meanwhile, and the server is started again', async () => {
      time += 365 * DAY;
      await retain();
      await receive(time);
      await pass(HOUR);
      tasks = [];
      await receive(time);
      await retain();
      await pass(HOUR);
      expect(await left()).to.equal(9);
    });

    it('deletes what is old a day later, where it was not the clock', async () => {
      time += 365 * DAY;
      await retain();
      for (let hour = 1; hour <= 24; hour += 1) await pass(HOUR);
      await until('they are gone', async () => (await left()) === 0);
    });

    it('holds back nothing that is deleted from day to day', async () => {
      await retain();
      for (let day = 1; day <= 3; day += 1) await pass(DAY);
      await until('two are gone', async () => {
        // One run at a time: what came during one is left to the next.
        await pass(0);
        return (await left()) === 5;
      });
      expect(lines.filter((line) => line.includes('clock'))).to.deep.equal([]);
    });

    it('S4 forgets no producer for a day', async () => {
      await store.append(append({ producer: producerRef({ producer: 'q' }), seq: 7, receivedAt: START }));
      time += 365 * DAY;
      startForgetting({ store, connected: () => [], log, clock });
      await settled();
      expect(await lastSeqOf(store, 'q')).to.equal(7);
      expect(lines[0]).to.match(/^old producers are kept for a day more/);
      await pass(DAY);
      expect(await lastSeqOf(store, 'q')).to.equal(0);
    });
  });
}

describe('a server whose clock is a year ahead of what it has', () => {
  it('S4 starts without deleting it, and says so', async () => {
    const db = join(tempFolder(), 'test.duckdb');
    const before = await DuckDbStore.open(db, { memoryLimit: '256MB', threads: 1 });
    await before.append(append({ seq: 7, receivedAt: Date.now() - 365 * DAY }));
    await before.close();
    const lines: string[] = [];
    const running = await server({ db, log: (_, line) => lines.push(line) });
    await until(
      'it has said so',
      () => lines.filter((line) => line.includes('unless the clock')).length === 2,
    );
    expect((await call(`${running.url}/api/summary`)).body['requests']).to.equal(1);
  });
});
