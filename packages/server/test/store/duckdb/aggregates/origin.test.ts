// Filters by release, environment and synthetic type, which aggregates answer.

import { join } from 'node:path';

import { expect } from 'chai';

import { DuckDbStore } from '../../../../dist/store/duckdb/store.js';
import { MemoryStore } from '../../../../dist/store/memory/store.js';
import { sql } from '../../../support/databases/duckdb-file.js';
import { append, START } from '../../../support/events/events.js';
import { countsOf, ORIGIN_FILTERS } from '../../../support/questions/origin.js';
import { randomEvent, seededRandom } from '../../../support/events/random-events.js';
import { removeTempFolders, tempFolder } from '../../../support/temp-folder.js';

const DAY = 86_400_000;
const LIMITS = { memoryLimit: '256MB', threads: 1 };
/** Whole days. */
const END = Math.ceil(START / DAY) * DAY;
const RANGE = { since: END - 3 * DAY, until: END };
const TABLES = ['minute_requests', 'minute_latencies', 'hour_requests', 'hour_latencies'].concat([
  'hour_clients',
  'hour_metrics',
  'day_clients',
  'day_sketches',
]);

describe('aggregates by release, environment and synthetic type', () => {
  let exact: MemoryStore;
  let store: DuckDbStore;
  let path: string;

  async function put(seq: number, count: number, receivedAt = END): Promise<void> {
    const random = seededRandom(seq);
    const events = Array.from({ length: count }, () => randomEvent(random, RANGE.since, RANGE.until));
    for (const each of [exact, store]) await each.append(append({ seq, events, receivedAt }));
  }

  async function changed(...statements: string[]): Promise<void> {
    await store.close();
    await sql(path, ...statements);
    store = await DuckDbStore.open(path, LIMITS);
  }

  async function expectExactCounts(when: string): Promise<void> {
    for (const filter of ORIGIN_FILTERS)
      expect(
        await countsOf(store, { ...filter, ...RANGE }),
        `${when}: ${JSON.stringify(filter)}`,
      ).to.deep.equal(await countsOf(exact, { ...filter, ...RANGE }));
  }

  beforeEach(async () => {
    exact = new MemoryStore();
    path = join(tempFolder(), 'x.duckdb');
    store = await DuckDbStore.open(path, LIMITS);
  });

  afterEach(async () => {
    await store.close();
    removeTempFolders();
  });

  it('answer filters by these without a look at events', async () => {
    await put(1, 1500);
    await store.rollUp();
    await changed(
      `UPDATE events SET service_version = 'x', deployment_environment = 'x', user_agent_synthetic_type = 'x'`,
    );
    await expectExactCounts('events say otherwise');
  });

  it('are right of what stays when events are deleted', async () => {
    await put(1, 800, END - 2 * DAY);
    await put(2, 800);
    await store.rollUp();
    for (const each of [exact, store]) await each.deleteOld({ before: END - DAY, maxBytes: undefined });
    await expectExactCounts('deleted');
  });

  it('are made anew of a file that was not kept by them', async () => {
    await put(1, 800);
    await store.rollUp();
    await put(2, 200);
    await changed(
      ...TABLES.flatMap((table) =>
        ['release', 'environment', 'synthetic'].map((key) => `ALTER TABLE ${table} DROP COLUMN ${key}`),
      ),
      'UPDATE meta SET schema_version = 11',
    );
    await put(3, 100);
    await expectExactCounts('right after');
    await store.rollUp();
    await expectExactCounts('aggregated');
    const [row] = await sumsOf();
    expect(row).to.deep.equal([1100, 1100]);
  });

  async function sumsOf(): Promise<unknown[][]> {
    await store.close();
    const sum = (table: string): string => `(SELECT sum(requests)::INTEGER FROM ${table})`;
    const rows = await sql(path, `SELECT ${sum('minute_requests')}, ${sum('hour_requests')}`);
    store = await DuckDbStore.open(path, LIMITS);
    return rows;
  }
});
