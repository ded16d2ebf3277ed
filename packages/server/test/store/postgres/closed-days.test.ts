// Days on which nothing arrives any more get indexes, by which few events are found among many.
import { randomBytes } from 'node:crypto';

import { expect } from 'chai';
import pg from 'pg';

import type { CerberusEvent } from '../../../dist/event/event.js';
import type { EventFilter } from '../../../dist/store/filter/event-filter.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import type { ReadRows } from '../../../dist/store/postgres/engine/reads.js';
import { eventListOf } from '../../../dist/store/postgres/questions/events/event-list.js';
import { putAside, type Subject } from '../../../dist/store/postgres/questions/put-aside.js';
import { eventsQuery } from '../../../dist/store/postgres/questions/events/queries.js';
import { storedState } from '../../../dist/store/postgres/questions/stored-state.js';
import type { Row } from '../../../dist/store/rows/values.js';
import { indexClosedDay } from '../../../dist/store/postgres/upkeep/closed-days.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { append, HASH, storeEvent } from '../../support/events/events.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';

const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY);
const MANY = 3000;

describe('days that are over, in PostgreSQL', function () {
  this.timeout(60_000);
  const freshDatabase = usePostgres();
  let url: string;
  let store: PostgresStore;
  let client: pg.Client;

  beforeEach(async () => {
    url = await freshDatabase();
    store = await openStore(url);
    client = new pg.Client({ connectionString: url });
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await store.close();
  });

  const arriving = (
    day: number,
    count = 1,
    membersOf: (index: number) => Partial<CerberusEvent> = () => ({}),
  ): Promise<unknown> =>
    store.append(
      append({
        seq: null,
        receivedAt: day * DAY,
        events: Array.from({ length: count }, (_, index) =>
          storeEvent({
            timestamp: day * DAY + index,
            sourceIp: index === 0 ? HASH : index.toString(16).padStart(64, '0'),
            traceId: index.toString(16).padStart(32, '0'),
            route: index === 5 ? '/seldom' : '/often',
            latencyMs: index,
            statusCode: 200,
            ...membersOf(index),
          }),
        ),
      }),
    );

  /** How many of those indexes the partition of a day has. */
  async function indexesOf(day: number): Promise<number> {
    const partition = `events_${new Date(day * DAY).toISOString().slice(0, 10).replaceAll('-', '')}`;
    const rows = await ask(
      url,
      `SELECT FROM pg_indexes WHERE tablename = '${partition}' AND indexname LIKE '%\\_of\\_%'`,
    );
    return rows.length;
  }

  /**
   * All indexes that are due, made here and not by the store, which leads: two at once are in each other's way, and for a transaction
   * that is open then, events stay to be looked up.
   */
  async function indexClosedDays(): Promise<void> {
    await store.close();
    while (await indexClosedDay(client, TODAY));
    store = await openStore(url);
  }

  it('get their indexes once, and no other day gets any', async () => {
    for (const day of [TODAY, TODAY - 1, TODAY - 2]) await arriving(day);
    await arriving(TODAY - 9, 1, () => ({ latencyMs: null }));
    await indexClosedDays();
    const counts = await Promise.all([TODAY, TODAY - 1, TODAY - 2, TODAY - 9].map(indexesOf));
    expect(counts.slice(0, 2)).to.deep.equal([0, 0]);
    expect(counts[2]).to.be.greaterThan(0).and.to.equal(counts[3]);
    expect(await indexClosedDay(client, TODAY)).to.equal(false);
  });

  it('get them by the server that leads', async () => {
    await arriving(TODAY - 5);
    await store.close();
    store = await openStore(url);
    await until('the day has indexes', async () => (await indexesOf(TODAY - 5)) > 0, 40_000);
  });

  it('are looked into by client, trace, latency and endpoint without being read', async () => {
    await arriving(TODAY - 3, MANY);
    await indexClosedDays();
    await client.query('ANALYZE events');
    const range = { since: (TODAY - 4) * DAY, until: TODAY * DAY, limit: 10 };
    const filters = {
      client: { client: HASH },
      trace: { traceId: '2a'.padStart(32, '0') },
      slow: { latency: { from: MANY - 1 } },
      endpoint: { order: 'slowest', endpoint: '/seldom' },
    } as const;
    for (const [name, filter] of Object.entries(filters)) {
      const { sql, values } = eventsQuery({ ...range, ...filter });
      const { rows } = await client.query<Row>(`EXPLAIN ${sql}`, [...values]);
      expect(textOf(rows)).to.match(
        new RegExp(`Index Scan (?:Backward )?(?:on|using) events_\\d+_of_${name}`),
      );
      expect(await store.events({ ...range, ...filter })).to.have.length(1);
    }
  });

  it('give their slowest events by the index of latencies', async () => {
    await arriving(TODAY - 3, MANY, (index) => ({ latencyMs: (index * 7) % MANY }));
    await store.rollUp();
    await indexClosedDays();
    await client.query('ANALYZE events');
    const query = { since: (TODAY - 4) * DAY, until: TODAY * DAY, limit: 10, order: 'slowest' } as const;
    const plans: string[] = [];
    const explained: ReadRows = async ({ sql, values }) => {
      plans.push(textOf((await client.query<Row>(`EXPLAIN ${sql}`, [...values])).rows));
      return (await client.query<Row>(sql, [...values])).rows;
    };
    const found = await eventListOf(explained, query);
    expect(found.map((row) => row['latency_ms'])).to.deep.equal(
      Array.from({ length: 10 }, (_, index) => MANY - 1 - index),
    );
    expect(plans.at(-1)).to.match(/Index Scan (?:Backward )?(?:on|using) events_\d+_of_slow/);
  });

  /** How what a filter means is put aside. */
  async function putAsidePlan(filter: EventFilter, subject: Subject): Promise<string> {
    const range = { since: (TODAY - 4) * DAY, until: TODAY * DAY };
    const query = { ...filter, ...range };
    await client.query('BEGIN');
    const plans: string[] = [];
    const explained: ReadRows = async ({ sql, values }) => {
      const isPutAside = sql.includes('CREATE TEMPORARY TABLE');
      const { rows } = await client.query<Row>(`${isPutAside ? 'EXPLAIN ANALYZE ' : ''}${sql}`, [...values]);
      if (isPutAside) plans.push(textOf(rows));
      return rows;
    };
    await putAside(explained, query, await storedState(explained, range, query, 1), { subject, range });
    await client.query('ROLLBACK');
    expect(plans).to.have.length(1);
    return plans[0] ?? '';
  }

  const VIEWS = {
    failure: { status: { from: 500, to: 599 } },
    slow: { latency: { from: MANY * 0.96 } },
  } as const;

  it('tell by an index what views of failed and of slow requests read: no event is looked up', async () => {
    await arriving(TODAY - 3, MANY, (index) => ({ statusCode: index % 50 === 0 ? 500 : 200 }));
    await indexClosedDays();
    await client.query('ANALYZE events');
    for (const [name, filter] of Object.entries(VIEWS))
      for (const subject of ['overview', 'clients', 'endpoints'] as const)
        expect(await putAsidePlan(filter, subject))
          .to.match(new RegExp(`Index Only Scan using events_\\d+_of_${name}`))
          .and.to.match(/Heap Fetches: 0/);
  });

  it('look endpoints up where the names of some are too long for an index, and nothing else', async () => {
    const long = (): string => `/${randomBytes(1023).toString('hex')}`;
    await arriving(TODAY - 3, MANY, (index) => ({
      statusCode: index % 50 === 0 ? 500 : 200,
      ...(index === MANY - 50 ? { endpoint: long(), route: long() } : {}),
    }));
    await indexClosedDays();
    await client.query('ANALYZE events');
    for (const [name, filter] of Object.entries(VIEWS)) {
      const only = new RegExp(`Index Only Scan using events_\\d+_of_${name}`);
      expect(await putAsidePlan(filter, 'overview')).to.match(only);
      expect(await putAsidePlan(filter, 'endpoints'))
        .to.match(new RegExp(`_of_${name}`))
        .and.not.to.match(only);
    }
    expect(await indexClosedDay(client, TODAY)).to.equal(false);
  });
});

/** The text of a plan. */
function textOf(rows: readonly Row[]): string {
  return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
}
