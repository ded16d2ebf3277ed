import { expect } from 'chai';
import pg from 'pg';

import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import {
  createPartitions,
  dropPartitions,
  partitionDays,
  partitionName,
} from '../../../dist/store/postgres/schema/partitions.js';
import { DAILY_TABLES } from '../../../dist/store/postgres/schema/tables.js';
import { LATER_TABLES } from '../../../dist/store/postgres/aggregates/tables.js';
import { pause, until } from '@cerberus-otel/test-support/deadline';
import { append, HASH, storeEvent } from '../../support/events/events.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';

const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY);

describe('partitions, one for each day of arrival', () => {
  const freshDatabase = usePostgres();
  let url: string;
  let store: PostgresStore;
  let client: pg.Client;
  let reader: pg.Client;

  const tables = async (): Promise<string[]> => {
    const rows = await ask<{ name: string }>(
      url,
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname ~ '_[0-9]{8}$' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };
  const arriving = (day: number, members = {}): Promise<unknown> =>
    store.append(append({ seq: null, receivedAt: day * DAY, events: [storeEvent(members)] }));

  /** A detachment that is interrupted while it waits for a reader stays pending. */
  const leavePending = async (day: number): Promise<void> => {
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM events');
    await client.query(`SET statement_timeout = '300ms'`);
    await client
      .query(`ALTER TABLE events DETACH PARTITION ${partitionName('events', day)} CONCURRENTLY`)
      .catch(() => undefined);
    await client.query('RESET statement_timeout');
    await reader.query('COMMIT');
    expect(await ask(url, 'SELECT 1 FROM pg_inherits WHERE inhdetachpending')).to.have.length(1);
  };
  const areWaiting = async (count: number): Promise<boolean> => {
    const rows = await ask(
      url,
      `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'events'::regclass AND mode = 'ShareUpdateExclusiveLock'`,
    );
    return rows.length === count;
  };

  beforeEach(async () => {
    url = await freshDatabase();
    store = await openStore(url);
    client = new pg.Client({ connectionString: url });
    await client.connect();
    reader = new pg.Client({ connectionString: url });
    await reader.connect();
  });

  afterEach(async () => {
    await Promise.all([client.end(), reader.end()]);
    await store.close();
  });

  it('are deleted whole, and nothing of what came on the day is left in any table', async function () {
    this.timeout(60_000);
    const gone = HASH.replace('3', '9');
    await arriving(TODAY - 31, { sourceIp: gone, userId: 'somebody-gone', endpoint: '/gone', route: null });
    await store.rollUp();
    await arriving(TODAY - 31, { sourceIp: gone, userId: 'somebody-gone', endpoint: '/gone', route: null });
    await arriving(TODAY - 30, { sourceIp: HASH });
    expect(await store.deleteOld({ before: (TODAY - 30) * DAY + 5, maxBytes: undefined })).to.equal(2);
    const names = await ask<{ name: string }>(
      url,
      `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind IN ('r', 'p') AND nspname = 'public'`,
    );
    for (const { name } of names) {
      const [row] = await ask<{ n: number }>(
        url,
        `SELECT count(*)::int AS n FROM ${name} t WHERE t::text ~ $1`,
        [`${gone}|${gone.slice(0, 16)}|somebody-gone|/gone`],
      );
      expect(row?.n, name).to.equal(0);
    }
    expect(await ask(url, 'SELECT 1 FROM events')).to.have.length(1);
    expect(
      await ask(url, `SELECT 1 FROM pending WHERE arrived < DATE '1970-01-01' + ${TODAY - 30}`),
    ).to.have.length(0);
  });

  it('are deleted, too, where an older server has deleted the day from the tables that it knew', async () => {
    const gone = 'c'.repeat(64);
    await arriving(TODAY - 31, { consumer: gone, consumerLabel: 'Gone Ltd', outcome: 'error' });
    await arriving(TODAY, { consumer: gone });
    await store.rollUp();
    for (const { name } of DAILY_TABLES.filter(
      (table) => !LATER_TABLES.some((later) => later.name === table.name),
    ))
      await ask(url, `DROP TABLE ${partitionName(name, TODAY - 31)}`);
    expect(await store.deleteOld({ before: (TODAY - 30) * DAY, maxBytes: undefined })).to.equal(0);
    const suffix = partitionName('', TODAY - 31);
    expect((await tables()).filter((name) => name.endsWith(suffix))).to.deep.equal([]);
    expect(await ask(url, 'SELECT FROM day_consumers')).to.have.length(1);
  });

  it('go from the oldest on while everything takes more room than it may, and today stays', async () => {
    for (const day of [TODAY - 3, TODAY - 2, TODAY]) await arriving(day);
    expect(await store.deleteOld({ before: 0, maxBytes: 1 })).to.equal(2);
    expect(await ask(url, 'SELECT 1 FROM events')).to.have.length(1);
    expect(await store.deleteOld({ before: 0, maxBytes: 1e12 })).to.equal(0);
  });

  it('are dropped while others store, and while others read', async function () {
    this.timeout(60_000);
    await arriving(TODAY - 40);
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM events');
    const deleting = store.deleteOld({ before: (TODAY - 30) * DAY, maxBytes: undefined });
    const seen = await Promise.race([deleting, pause(500)]);
    expect(seen, 'who reads is waited for').to.equal(undefined);
    for (let n = 0; n < 5; n += 1) await arriving(TODAY);
    expect((await ask(url, 'SELECT 1 FROM events')).length).to.be.at.least(5);
    await reader.query('COMMIT');
    expect(await deleting).to.equal(1);
  });

  it('of which a server that died has dropped only a part are dropped by the next one', async () => {
    await createPartitions(client, TODAY - 50);
    await createPartitions(client, TODAY - 51);
    const [detached, pending] = [TODAY - 50, TODAY - 51].map((day) => partitionName('', day).slice(1));
    await client.query(`ALTER TABLE events DETACH PARTITION events_${detached}`);
    await leavePending(TODAY - 51);
    await dropPartitions(client, TODAY - 60);
    const left = await tables();
    expect(
      left.filter((name) => name.startsWith('events_') && [detached, pending].includes(name.slice(-8))),
    ).to.deep.equal([]);
    for (const day of [TODAY - 50, TODAY - 51]) await dropPartitions(client, day);
    expect((await tables()).filter((name) => [detached, pending].includes(name.slice(-8)))).to.deep.equal([]);
    expect(await partitionDays(client)).to.not.include(TODAY - 50);
  });

  it('are made by a server while another one drops what a third has left', async () => {
    await store.close();
    await createPartitions(client, TODAY - 50);
    await leavePending(TODAY - 50);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('LOCK TABLE ONLY events IN SHARE UPDATE EXCLUSIVE MODE');
      const dropping = dropPartitions(client, TODAY - 50);
      await until('it waits', () => areWaiting(1));
      const making = createPartitions(reader, TODAY - 20);
      await until('both wait', () => areWaiting(2));
      await other.query('COMMIT');
      await Promise.all([dropping, making]);
    } finally {
      await other.end();
    }
    const days = await partitionDays(client);
    expect(days).to.include(TODAY - 20);
    expect(days).to.not.include(TODAY - 50);
  });

  it('that a server did not make which did not know their tables are made before something is added to them', async () => {
    const suffix = partitionName('', TODAY).slice(1);
    await arriving(TODAY, { outcome: 'error' });
    await store.close();
    for (const table of ['day_consumers', 'hour_errors']) await ask(url, `DROP TABLE ${table}_${suffix}`);
    store = await openStore(url);
    await ask(url, `DROP TABLE day_consumer_totals_${suffix}`);
    await createPartitions(client, TODAY);
    await store.rollUp();
    expect(await ask(url, 'SELECT FROM pending')).to.have.length(0);
    for (const table of ['day_consumers', 'day_consumer_totals', 'hour_errors'])
      expect(await ask(url, `SELECT FROM ${table}`), table).to.have.length(1);
  });

  it('are the same days in each table', async () => {
    await arriving(TODAY - 7);
    await until('those of the coming days are there', async () => (await partitionDays(client)).length === 9);
    expect(await tables()).to.have.length(9 * DAILY_TABLES.length);
  });
});
