import { expect } from 'chai';
import pg from 'pg';

import { addBatchesSql, REPEATS } from '../../../dist/store/postgres/aggregates/batch-sql.js';
import { rollUpStep } from '../../../dist/store/postgres/aggregates/roll-up.js';
import { Conditions, type BoundQuery } from '../../../dist/store/postgres/engine/conditions.js';
import { deleteOldDays } from '../../../dist/store/postgres/upkeep/retention.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, START, storeEvent } from '../../support/events/events.js';
import { openStore } from '../../support/databases/postgres-store.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';

/** Rows of metrics of hours, arrays in the order of their values. */
const METRICS = `
  SELECT start, client_id, method, endpoint, name, numbers, booleans, strings, lists, objects, round(total::numeric, 6) AS total,
         (SELECT array_agg((bucket, n, least, greatest)::text ORDER BY bucket)
          FROM unnest(buckets, bucket_counts, leasts, greatests) AS b(bucket, n, least, greatest)) AS buckets,
         (SELECT array_agg((value, n)::text ORDER BY value) FROM unnest(texts, text_counts) AS t(value, n)) AS texts
  FROM hour_metrics ORDER BY start, client_id, method, endpoint, name`;

describe('a roll-up', function () {
  this.timeout(60_000);
  const newDatabase = usePostgres();

  /** A database with events that have these metrics, in one batch and in all aggregates. */
  async function stored(metrics: readonly object[]): Promise<pg.Client> {
    const url = await newDatabase();
    const store = await openStore(url);
    const events = metrics.map((each) => storeEvent({ customData: JSON.stringify(each) }));
    await store.append(append({ events, receivedAt: START }));
    await store.rollUp();
    await store.close();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    afterTest(() => client.end());
    return client;
  }

  async function run(client: pg.Client, { sql, values }: BoundQuery): Promise<readonly unknown[]> {
    return (await client.query<Record<string, unknown>>(sql, [...values])).rows;
  }

  /** What is bound for batches with ids from `low`. */
  function batches(low: number): Conditions {
    return new Conditions()
      .value('arrived', 'date', new Date(START).toISOString().slice(0, 10))
      .value('low', 'bigint[]', [low])
      .value('high', 'bigint[]', [Number.MAX_SAFE_INTEGER]);
  }

  it('adds the same, whether it reads the metrics of each event or each different text of them once', async () => {
    const few = [{ plan: 'a', items: 3 }, { plan: 'b' }, { items: 2.5, gone: null, tags: [1] }, {}];
    const client = await stored(
      Array.from({ length: 300 }, (_, n) => (n % 7 === 0 ? { items: n } : (few[n % few.length] ?? {}))),
    );
    const added = async (repeats: boolean): Promise<readonly unknown[]> => {
      await client.query('BEGIN; DELETE FROM hour_metrics');
      await run(client, batches(0).query(addBatchesSql(repeats)));
      const rows = await run(client, new Conditions().query(METRICS));
      await client.query('ROLLBACK');
      return rows;
    };
    const rows = await added(true);
    expect(rows).to.have.length(3);
    expect(rows).to.deep.equal(await added(false));
  });

  it('sees from some events whether many have the same metrics', async () => {
    const client = await stored(Array.from({ length: 100 }, (_, n) => ({ items: n % 3 })));
    const { rows } = await client.query<{ readonly least: number }>(
      'SELECT min(id)::float8 AS least FROM events',
    );
    const sample = batches(rows[0]?.least ?? 0).query(REPEATS);
    expect(await run(client, sample)).to.deep.equal([{ repeats: true }]);
    await client.query(`UPDATE events SET custom_data = '{"items":' || id || '}'`);
    expect(await run(client, sample)).to.deep.equal([{ repeats: false }]);
  });

  it('has nothing locked while it waits for the day of its batches to be deleted', async () => {
    const url = await newDatabase();
    const store = await openStore(url);
    await store.append(append({ events: [storeEvent()], receivedAt: START }));
    await store.close();
    const [worker, deleting] = [0, 1].map(() => new pg.Client({ connectionString: url }));
    if (worker === undefined || deleting === undefined) throw new Error('no connection');
    for (const client of [worker, deleting]) {
      await client.connect();
      afterTest(() => client.end());
    }
    const step = rollUpStep(worker, 10, 0, async () => {
      await deleteOldDays(deleting, { before: Date.now(), maxBytes: undefined });
    });
    expect(await within('the step', step, 20_000), 'batches that are gone').to.equal(0);
    expect((await worker.query('SELECT FROM events')).rows).to.have.length(0);
  });

  it('aggregates a day again of which another server has dropped some partitions', async () => {
    const url = await newDatabase();
    const store = await openStore(url);
    afterTest(() => store.close());
    await store.append(append({ events: [storeEvent()], receivedAt: START }));
    await ask(url, 'DROP TABLE days_20250301');
    await store.rollUp().catch(() => undefined);
    await store.rollUp();
    expect(await ask(url, 'SELECT FROM pending')).to.have.length(0);
    expect(await ask(url, 'SELECT FROM days')).to.have.length(1);
  });

  it('aggregates batches of all days of arrival', async () => {
    const url = await newDatabase();
    const store = await openStore(url);
    afterTest(() => store.close());
    for (const days of [0, 1, 2])
      await store.append(
        append({ seq: null, events: [storeEvent()], receivedAt: START + days * 86_400_000 }),
      );
    await store.rollUp();
    expect(await ask(url, 'SELECT FROM pending')).to.have.length(0);
  });
});
