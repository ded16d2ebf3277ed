import { join } from 'node:path';

import { expect } from 'chai';

import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { startRetention } from '../../dist/store/retention.js';
import type { Store } from '../../dist/store/store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { append, START, storeEvent } from '../support/events/events.js';
import { randomEvent, seededRandom } from '../support/events/random-events.js';
import { call, server, stopServers } from '../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOTHING = { events: undefined, producers: undefined };
const LIMITS = { memoryLimit: '256MB', threads: 1 };

/** Stores events whose requests and arrivals are at the same instant. */
async function put(store: Store, receivedAt: number, count = 1): Promise<void> {
  const events = Array.from({ length: count }, () => storeEvent({ timestamp: receivedAt }));
  await store.append(append({ seq: null, receivedAt, events }));
}

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  MemoryStore: () => Promise.resolve(new MemoryStore()),
  DuckDbStore: () => DuckDbStore.open(join(tempFolder(), 'x.duckdb'), LIMITS),
};

for (const [name, open] of Object.entries(stores)) {
  describe(`${name}: deletion`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });

    afterEach(async () => {
      await store.close();
      removeTempFolders();
    });

    it('takes events that arrived before an instant, and no others', async () => {
      await put(store, START - 50 * HOUR, 3);
      await put(store, START - 1, 2);
      await put(store, START, 4);
      expect(await store.deleteOld({ before: START, maxBytes: undefined })).to.equal(5);
      expect(await store.events({ limit: 100 })).to.have.length(4);
      expect(await store.deleteOld({ before: START, maxBytes: undefined })).to.equal(0);
    });

    it('keeps a request of long ago that arrived late', async () => {
      await store.append(
        append({ receivedAt: START, events: [storeEvent({ timestamp: START - 90 * DAY })] }),
      );
      expect(await store.deleteOld({ before: START - DAY, maxBytes: undefined })).to.equal(0);
    });

    it('does not disturb numbers and sequences', async () => {
      await store.append(append({ seq: 7, receivedAt: START }));
      await store.deleteOld({ before: START + HOUR, maxBytes: undefined });
      expect(await store.append(append({ seq: 7 }))).to.deep.equal({ status: 'duplicate' });
      await store.append(append({ seq: 8 }));
      expect((await store.events({ limit: 10 })).map((event) => event.id)).to.deep.equal([2]);
    });

    it('takes turns with appends', async () => {
      for (let hour = 0; hour < 20; hour += 1) await put(store, START - hour * HOUR, 10);
      const [deleted] = await Promise.all([
        store.deleteOld({ before: START - 5 * HOUR, maxBytes: undefined }),
        ...Array.from({ length: 30 }, () => put(store, START)),
      ]);
      expect(deleted).to.equal(140);
      expect(await store.events({ limit: 1000 })).to.have.length(60 + 30);
    });
  });
}

describe('deletion from a file', () => {
  let path: string;

  beforeEach(() => {
    path = join(tempFolder(), 'x.duckdb');
  });

  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  it('takes the aggregates too', async () => {
    const store = await DuckDbStore.open(path, LIMITS);
    await put(store, START - 40 * DAY, 5);
    await put(store, START, 3);
    await store.rollUp();
    await store.deleteOld({ before: START - 30 * DAY, maxBytes: undefined });
    const range = { since: START - 60 * DAY, until: START + DAY };
    const { totals, series } = await store.analytics.overview({ ...range, bucketMillis: DAY });
    expect([totals.requests, series.filter((point) => point.requests > 0).length]).to.deep.equal([3, 1]);
    expect(await store.analytics.clients({ ...range, limit: 10 })).to.have.nested.property('[0].requests', 3);
    await store.close();
  });

  it('leaves ids that the aggregates have, also when nothing is left and the server starts anew', async () => {
    const first = await DuckDbStore.open(path, LIMITS);
    await put(first, START - 40 * DAY, 5);
    await first.rollUp();
    await first.deleteOld({ before: START, maxBytes: undefined });
    await first.close();
    const second = await DuckDbStore.open(path, LIMITS);
    await put(second, START, 2);
    await second.rollUp();
    const range = { since: START - 2 * DAY, until: START + DAY, bucketMillis: DAY };
    expect((await second.analytics.overview(range)).totals.requests).to.equal(2);
    await second.close();
  });

  it('deletes the oldest until what is used is below a limit, also where the clock was decades ahead for a while', async () => {
    const filled = await DuckDbStore.open(path, LIMITS);
    const random = seededRandom(1);
    const sample = Array.from({ length: 4000 }, () => randomEvent(random, START, START + HOUR));
    // Several row groups, of which DuckDB gives back whole ones.
    for (let hour = 120; hour > 0; hour -= 1) {
      const receivedAt = START - hour * HOUR;
      const events = sample.map((event) => ({ ...event, timestamp: (event.timestamp ?? 0) - hour * HOUR }));
      await filled.append(append({ seq: null, receivedAt, events }));
      if (hour === 60) await put(filled, START + 70 * 365 * DAY);
    }
    await filled.rollUp();
    // Closing gives back what the aggregation has left behind.
    await filled.close();
    const store = await DuckDbStore.open(path, LIMITS);
    const usedBefore = await store.usedBytes();
    const maxBytes = Math.round(usedBefore * 0.6);
    let deleted = 0;
    // A run ends early where a checkpoint is refused, rather than delete too much; the next one goes on.
    for (let runs = 0; runs < 5 && (await store.usedBytes()) > maxBytes; runs += 1) {
      deleted += await store.deleteOld({ before: 0, maxBytes });
    }
    expect(deleted).to.be.within(1, 360_000);
    expect(await store.usedBytes()).to.be.at.most(maxBytes);
    const [newest] = await store.events({ limit: 1, until: START + DAY });
    expect(newest?.receivedAt, 'the newest stay').to.equal(START - HOUR);
    await store.close();
  }).timeout(120_000);

  it('keeps what came a moment ago, however small the limit is', async () => {
    const filled = await DuckDbStore.open(path, LIMITS);
    await put(filled, START - 3 * HOUR, 2000);
    await put(filled, START - 1, 3);
    await put(filled, START, 2);
    // What is in the log only takes no blocks yet.
    await filled.close();
    const store = await DuckDbStore.open(path, LIMITS);
    expect(await store.deleteOld({ before: 0, maxBytes: 1 })).to.equal(2000);
    const left = { requests: 5 };
    expect(await store.summary({})).to.include(left);
    const range = { since: START - HOUR, until: START + HOUR, bucketMillis: HOUR };
    expect((await store.analytics.overview(range)).totals).to.include(left);
    await store.close();
  });

  it('happens when a server starts, as its options say', async () => {
    const before = await DuckDbStore.open(path, LIMITS);
    await put(before, Date.now() - 3 * DAY);
    await put(before, Date.now() - DAY);
    await before.close();
    const lines: string[] = [];
    const running = await server({ db: path, retentionDays: 2, log: (_, line) => lines.push(line) });
    await until('it has deleted', () => lines.includes('deleted 1 old events'));
    expect((await call(`${running.url}/api/summary`)).body['requests']).to.equal(1);
  });
});

describe('retention', () => {
  it('happens at start and once an hour until it is stopped, and one run at a time', async () => {
    const limits: unknown[] = [];
    let finish = (): void => undefined;
    let tasks: { millis: number; task: () => void }[] = [];
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const stop = startRetention({
      retentionDays: 7,
      maxDbBytes: 1000,
      log: () => undefined,
      clock: {
        now: () => START,
        every: (millis, task) => {
          tasks.push({ millis, task });
          return () => (tasks = []);
        },
      },
      store: {
        arrivals: () => Promise.resolve(NOTHING),
        deleteOld: (each) => {
          limits.push(each);
          return new Promise((resolve) => (finish = () => resolve(0)));
        },
      },
    });
    await settled();
    expect(limits).to.deep.equal([{ before: START - 7 * DAY, maxBytes: 1000 }]);
    expect(tasks[0]?.millis).to.equal(HOUR);
    tasks[0]?.task();
    await settled();
    expect(limits).to.have.length(1);
    finish();
    await settled();
    tasks[0]?.task();
    await settled();
    expect(limits).to.have.length(2);
    stop();
    expect(tasks).to.have.length(0);
  });

  it('says that it failed', async () => {
    const lines: string[] = [];
    startRetention({
      retentionDays: 7,
      maxDbBytes: 0,
      log: (level, line) => lines.push(`${level} ${line}`),
      clock: { now: () => START, every: () => () => undefined },
      store: {
        arrivals: () => Promise.resolve(NOTHING),
        deleteOld: () => Promise.reject(new TypeError('secret')),
      },
    });
    await until('it has said so', () => lines.length > 0);
    expect(lines).to.deep.equal(['warn could not delete old events: TypeError']);
  });
});
