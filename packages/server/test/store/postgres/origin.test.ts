// Filters by release, environment and synthetic type, which aggregates answer; also beside servers that did not keep them by these.

import { expect } from 'chai';
import pg from 'pg';

import type { CerberusEvent } from '../../../dist/event/event.js';
import { MemoryStore } from '../../../dist/store/memory/store.js';
import { AGGREGATE_TABLES, type AggregateTable } from '../../../dist/store/postgres/aggregates/tables.js';
import { compactStep } from '../../../dist/store/postgres/aggregates/compact.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, producerRef, START } from '../../support/events/events.js';
import { countsOf, ORIGIN_FILTERS } from '../../support/questions/origin.js';
import { ask } from '../../support/databases/postgres.js';
import { openStore, usePreparedPostgres } from '../../support/databases/postgres-store.js';
import { randomEvent, seededRandom } from '../../support/events/random-events.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Whole days. */
const END = Math.ceil(START / DAY) * DAY;
const RANGE = { since: END - 3 * DAY, until: END };
const ORIGIN = ['release', 'environment', 'synthetic'];
const NOT_TOLD = ORIGIN.map((key) => `${key} = NULL`).join(', ');
/** Of events, which say otherwise than what was aggregated of them. */
const OTHERWISE = `service_version = 'x', deployment_environment = 'x', user_agent_synthetic_type = 'x'`;

describe('aggregates of PostgreSQL by release, environment and synthetic type', function () {
  this.timeout(120_000);
  const newDatabase = usePreparedPostgres();
  let url: string;
  let exact: MemoryStore;
  let store: PostgresStore;

  beforeEach(async () => {
    url = await newDatabase();
    exact = new MemoryStore();
    store = await openStore(url);
  });

  afterEach(() => store.close());

  async function put(seq: number, count: number, since = RANGE.since, until = RANGE.until): Promise<void> {
    const random = seededRandom(seq);
    const events: CerberusEvent[] = Array.from({ length: count }, () => randomEvent(random, since, until));
    const producer = producerRef({ producer: `p-${seq}` });
    for (const each of [exact, store])
      await each.append(append({ seq: 1, producer, events, receivedAt: END - HOUR }));
  }

  async function connected(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    afterTest(() => client.end());
    return client;
  }

  async function expectExactCounts(when: string): Promise<void> {
    for (const filter of ORIGIN_FILTERS)
      expect(
        await countsOf(store, { ...filter, ...RANGE }),
        `${when}: ${JSON.stringify(filter)}`,
      ).to.deep.equal(await countsOf(exact, { ...filter, ...RANGE }));
  }

  it('answer filters by these without a look at events, also when their rows have been put together', async () => {
    await put(1, 1000);
    await store.rollUp();
    await put(2, 500);
    await store.rollUp();
    await ask(url, `UPDATE events SET ${OTHERWISE}`);
    await expectExactCounts('aggregated');
    const client = await connected();
    while (await compactStep(client, Date.now() + 3 * DAY));
    await expectExactCounts('put together');
  });

  it('answer from the instant on from which they are kept by these, and events before it', async () => {
    // Of events that are most of a range, what is found is put aside.
    const change = RANGE.since + DAY;
    await put(1, 1000, RANGE.since, change);
    await store.rollUp();
    for (const { name } of AGGREGATE_TABLES.filter(({ keys }) => keys.includes('release')))
      await ask(url, `UPDATE ${name} SET ${NOT_TOLD}`);
    await put(2, 500, change, RANGE.until);
    await store.rollUp();
    await put(3, 100);
    await store.rollUp();
    await ask(url, `UPDATE events SET ${OTHERWISE} WHERE event_time >= ${change}`);
    await expectExactCounts('read from both');
    const { totals } = await store.analytics.overview({ ...RANGE, bucketMillis: DAY });
    expect(totals.requests, 'without a filter').to.equal(1600);
  });

  it('are not believed where a server of the version before has counted minutes, or put rows together', async () => {
    await put(1, 1000);
    await ask(url, `UPDATE minutes SET ${NOT_TOLD} WHERE start < ${RANGE.since + 12 * HOUR}`);
    await store.rollUp();
    await expectExactCounts('counted as before');
    const merged = await putTogetherAsBefore(END - 30 * HOUR);
    expect(merged).to.be.greaterThan(0);
    await expectExactCounts('put together as before');
    const { requests } = await sums();
    expect(requests).to.equal(1000);
  });

  /**
   * Of an hour, by a server that knows only the keys of before; minutes, of which each has one row, stay as they are.
   *
   * @returns how many rows of totals came of it
   */
  async function putTogetherAsBefore(hour: number): Promise<number> {
    const client = await connected();
    let merged = 0;
    for (const table of AGGREGATE_TABLES.filter(({ periodMillis }) => periodMillis === HOUR)) {
      const { rowCount } = await client.query(mergeAsBefore(table), [hour, hour + HOUR]);
      if (table.name === 'hour_totals') merged = rowCount ?? 0;
    }
    return merged;
  }

  async function sums(): Promise<{ requests: number }> {
    const [row] = await ask<{ requests: number }>(
      url,
      'SELECT sum(requests)::int AS requests FROM hour_totals',
    );
    return row ?? { requests: 0 };
  }
});

/** As version 6 did it. */
function mergeAsBefore({ name, keys, family }: AggregateTable): string {
  const all = ['start', ...keys.filter((key) => !ORIGIN.includes(key))];
  const columns = [...all, ...family.measures.map((measure) => measure.name)].join(', ');
  const ofPeriod = 'start >= $1 AND start < $2';
  return `
    WITH several AS (
      SELECT ${all.join(', ')} FROM ${name} WHERE ${ofPeriod} GROUP BY ${all.join(', ')} HAVING count(*) > 1),
    gone AS (
      DELETE FROM ${name} WHERE ${ofPeriod} AND (${all.join(', ')}) IN (SELECT ${all.join(', ')} FROM several) RETURNING *)
    INSERT INTO ${name} (arrived, ${columns})
    SELECT (SELECT min(arrived) FROM gone), ${columns}
    FROM (${family.mergedSql('gone', Object.fromEntries(all.map((key) => [key, key])))}) AS merged`;
}
