// What only events tell is read once: the events of a filter are put into a temporary table, to which the parts of an answer are put.
import { expect } from 'chai';
import pg from 'pg';

import type { BoundQuery } from '../../../dist/store/postgres/engine/conditions.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { putAside } from '../../../dist/store/postgres/questions/put-aside.js';
import { overviewOf } from '../../../dist/store/postgres/questions/overview.js';
import { storedState } from '../../../dist/store/postgres/questions/stored-state.js';
import { previousRange } from '../../../dist/store/figures/series.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, START, storeEvent } from '../../support/events/events.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';

const HOUR = 3_600_000;
const FAILURES = { status: { from: 500, to: 599 } } as const;
const QUERY = { ...FAILURES, since: START - HOUR, until: START + HOUR, bucketMillis: HOUR / 4 };
const RANGE = { ...QUERY, since: previousRange(QUERY).since };
const FAILED = 7;

describe('events that a filter of the page means, in PostgreSQL', function () {
  this.timeout(60_000);
  const freshDatabase = usePostgres();
  let url: string;
  let store: PostgresStore;

  before(async () => {
    url = await freshDatabase();
    store = await openStore(url);
    const events = Array.from({ length: 40 }, (_, index) =>
      storeEvent({ timestamp: START + index, statusCode: index < FAILED ? 500 : 200 }),
    );
    await store.append(append({ events, seq: null }));
  });

  after(() => store.close());

  /** A transaction, and the statements in it. */
  async function begin(): Promise<{
    rows: (query: BoundQuery) => Promise<pg.QueryResultRow[]>;
    read: string[];
  }> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    afterTest(() => client.end());
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const read: string[] = [];
    const rows = async ({ sql, values }: BoundQuery): Promise<pg.QueryResultRow[]> => {
      read.push(sql);
      return (await client.query(sql, [...values])).rows;
    };
    return { rows, read };
  }

  const aside = { subject: 'overview', range: RANGE } as const;

  it('are read once, whatever the parts of the answer', async () => {
    const { rows, read } = await begin();
    const state = await storedState(rows, RANGE, QUERY, 1);
    read.splice(0);
    const asked = await putAside(rows, QUERY, state, aside);
    const { totals } = await overviewOf(rows, asked, state);
    expect(totals.requests).to.equal(FAILED);
    const ofFailures = read.filter((sql) => /FROM events\b/.test(sql) && sql.includes('status_code BETWEEN'));
    expect(ofFailures).to.have.length(1);
  });

  it('stay where they are when they are too many to be put aside', async () => {
    const { rows } = await begin();
    const state = await storedState(rows, RANGE, QUERY, 1);
    expect(await putAside(rows, QUERY, state, aside, FAILED - 1)).to.equal(QUERY);
    expect((await overviewOf(rows, QUERY, state)).totals.requests).to.equal(FAILED);
  });

  it('are told by aggregates where these can', async () => {
    const { rows, read } = await begin();
    const all = { ...QUERY, status: undefined };
    const state = await storedState(rows, RANGE, all, 1);
    read.splice(0);
    expect(await putAside(rows, all, state, aside)).to.equal(all);
    expect(read).to.deep.equal([]);
  });

  it('are answered about where nobody may have a temporary table', async () => {
    const expected = await store.analytics.overview(QUERY);
    const { pathname, username } = new URL(url);
    await ask(url, `REVOKE TEMPORARY ON DATABASE "${pathname.slice(1)}" FROM PUBLIC`);
    await ask(url, `CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader`);
    const client = new pg.Client({ connectionString: url.replace(username, 'reader') });
    await client.connect();
    afterTest(() => client.end());
    const rows = async ({ sql, values }: BoundQuery): Promise<pg.QueryResultRow[]> =>
      (await client.query(sql, [...values])).rows;
    const state = await storedState(rows, RANGE, QUERY, 1000);
    expect(await putAside(rows, QUERY, state, aside)).to.equal(QUERY);
    expect((await overviewOf(rows, QUERY, state)).totals).to.deep.equal(expected.totals);
  });
});
