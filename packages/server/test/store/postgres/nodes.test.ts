// What servers on one database know of each other.
import { expect } from 'chai';
import pg from 'pg';

import type { NodeReport, NodeRow } from '../../../dist/store/nodes.js';
import { MIGRATIONS } from '../../../dist/store/postgres/schema/migrations.js';
import { CREATE_TABLES } from '../../../dist/store/postgres/schema/tables.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, claimOf, producerRef } from '../../support/events/events.js';
import { ask, useOwnPostgres, usePostgres } from '../../support/databases/postgres.js';
import { openStore, SECRETS } from '../../support/databases/postgres-store.js';
import { spawnServer } from '../../support/processes/server-process.js';

const DAY = 86_400_000;
/** Several beats, on a machine that has other things to do. */
const HEARD_MILLIS = 30_000;

const REPORT: NodeReport = {
  name: 'one:8765',
  version: '1.2.3',
  unready: null,
  connections: 3,
  events: 10_000_000_000,
  eventsPerSecond: 12.5,
};

describe('servers on one database', function () {
  this.timeout(90_000);
  const freshDatabase = usePostgres();
  let url: string;

  beforeEach(async () => {
    url = await freshDatabase();
  });

  async function open(report: Partial<NodeReport> = {}): Promise<PostgresStore> {
    const store = await openStore(url);
    afterTest(() => store.close());
    store.nodes.announce(() => ({ ...REPORT, ...report }));
    return store;
  }

  async function listed(store: PostgresStore): Promise<readonly NodeRow[]> {
    return (await store.nodes.list(100)).rows;
  }

  /** Name and state of each. */
  async function states(store: PostgresStore): Promise<readonly string[]> {
    return (await listed(store)).map(({ name, state }) => `${name} ${state}`);
  }

  async function untilListed(store: PostgresStore, ...expected: readonly string[]): Promise<void> {
    let is: readonly string[] = [];
    const isSo = async (): Promise<boolean> => {
      is = await states(store);
      return JSON.stringify(is) === JSON.stringify(expected);
    };
    await until(expected.join(', '), isSo, HEARD_MILLIS).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${is.join(', ')}`);
    });
  }

  /** As if all had last been heard of so long ago. */
  const age = (interval: string): Promise<unknown> =>
    ask(url, `UPDATE nodes SET seen_at = seen_at - interval '${interval}'`);

  it('know each other, with what each says of itself, and which one answers', async () => {
    const one = await open();
    const other = await open({ name: 'other:1', version: '1.3.0', unready: 'too far behind' });
    await untilListed(one, 'one:8765 ready', 'other:1 unready');
    await untilListed(other, 'one:8765 ready', 'other:1 unready');
    const [first, second] = await listed(other);
    expect(first).to.include({ ...REPORT, isThis: false });
    expect(second).to.include({ version: '1.3.0', unready: 'too far behind', isThis: true });
    expect((await listed(one)).map(({ isThis }) => isThis)).to.deep.equal([true, false]);
    expect(await one.nodes.list(1))
      .to.deep.include({ total: 2 })
      .and.have.property('rows')
      .with.length(1);
  });

  it('hear what changes at one of them', async () => {
    let connections = 0;
    const store = await openStore(url);
    afterTest(() => store.close());
    store.nodes.announce(() => ({ ...REPORT, connections: (connections += 1) }));
    await until(
      'it said something new',
      async () => ((await listed(store))[0]?.connections ?? 0) > 1,
      HEARD_MILLIS,
    );
  });

  it('S22 show one that was killed as silent, and one that was only not heard of as ready again', async () => {
    const one = await open();
    const env = {
      CERBERUS_SERVER_STORE: url,
      CERBERUS_SERVER_TOKEN: SECRETS.token,
      CERBERUS_SERVER_SECRET_KEY: SECRETS.secretKey,
    };
    const killed = spawnServer(['--port', '0'], env);
    await killed.url;
    await until('both are listed', async () => (await listed(one)).length === 2, HEARD_MILLIS);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await age('1 minute');
    expect((await listed(one)).map(({ state }) => state)).to.include('silent');
    await until(
      'the other one is heard again',
      async () => (await listed(one))[0]?.state === 'ready',
      HEARD_MILLIS,
    );
    const [alive, dead] = await listed(one);
    expect(alive?.name).to.equal('one:8765');
    expect(dead).to.include({ state: 'silent', isThis: false });
    expect(dead?.silentMillis).to.be.greaterThan(60_000);
  });

  it('show one that stopped as such', async () => {
    const [one, other] = [await open(), await open({ name: 'other:1' })];
    await untilListed(one, 'one:8765 ready', 'other:1 ready');
    await other.close();
    expect(await states(one)).to.deep.equal(['one:8765 ready', 'other:1 stopped']);
  });

  it('forget one that stopped after an hour, and one that died after a day', async () => {
    const one = await open();
    await untilListed(one, 'one:8765 ready');
    await ask(
      url,
      `INSERT INTO nodes (node, name, version, started_at, seen_at, is_stopped, connections, events, events_per_second)
       SELECT name, name, '1', now(), now() - ago::interval, is_stopped, 0, 0, 0
       FROM (VALUES ('died-today', '23 hours', false), ('died', '25 hours', false), ('stopped-now', '50 minutes', true),
                    ('stopped', '70 minutes', true)) AS v(name, ago, is_stopped)`,
    );
    await untilListed(one, 'one:8765 ready', 'died-today silent', 'stopped-now stopped');
  });

  it('do not show one any more whose place another has taken: of the same host and port', async () => {
    const one = await open();
    await ask(
      url,
      `INSERT INTO nodes (node, name, version, started_at, seen_at, is_stopped, connections, events, events_per_second)
       SELECT n, '${REPORT.name}', '1', now(), now() - interval '1 minute', n = 'stopped', 0, 0, 0
       FROM unnest(ARRAY['stopped', 'died']) AS n`,
    );
    await untilListed(one, 'one:8765 ready');
  });

  it('do not mind what time it is at one of them', async () => {
    const { now } = Date;
    afterTest(() => {
      Date.now = now;
    });
    const before = await ask<{ at: number }>(
      url,
      'SELECT extract(epoch FROM clock_timestamp())::float8 AS at',
    );
    Date.now = () => now() + 3 * DAY;
    const one = await open();
    await untilListed(one, 'one:8765 ready');
    Date.now = () => now() - 3 * DAY;
    const other = await open({ name: 'other:1' });
    await untilListed(one, 'one:8765 ready', 'other:1 ready');
    Date.now = now;
    const rows = await listed(other);
    const after = await ask<{ at: number }>(
      url,
      'SELECT extract(epoch FROM clock_timestamp())::float8 AS at',
    );
    const [from = 0, to = 0] = [before, after].map(([row]) => (row?.at ?? 0) * 1000);
    for (const { startedAt, lastSeen } of rows)
      for (const instant of [startedAt, lastSeen]) expect(instant).to.be.within(from - 1, to + 1);
  });

  it('S22 store and claim while nobody can say that it is there, and are heard again afterwards', async () => {
    const store = await open();
    await untilListed(store, 'one:8765 ready');
    const { claim } = await claimOf(store);
    await store.append(append({ seq: 1, claim }));
    const locker = new pg.Client({ connectionString: url });
    await locker.connect();
    afterTest(() => locker.end());
    await locker.query('BEGIN; LOCK TABLE nodes IN ACCESS EXCLUSIVE MODE');
    const waiting = async (): Promise<unknown> => {
      const sql = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INTO nodes%'`;
      return (await ask(url, sql))[0]?.['pid'];
    };
    await until('a beat waits', async () => (await waiting()) !== undefined, HEARD_MILLIS);
    const first = await waiting();
    for (let seq = 2; seq <= 20; seq += 1) {
      const stored = await within('a frame', store.append(append({ seq, claim })));
      expect(stored.status).to.equal('stored');
      await within('a claim', claimOf(store, producerRef({ producer: `p-${seq}` })));
    }
    const isNext = async (): Promise<boolean> => ![first, undefined].includes(await waiting());
    await until('that beat was given up, and the next one waits', isNext, HEARD_MILLIS);
    expect(store.nodes.awayAt, 'the database answers').to.equal(undefined);
    await locker.query('ROLLBACK');
    await age('1 minute');
    await untilListed(store, 'one:8765 ready');
  });

  it('say for how long events wait to be aggregated', async () => {
    const store = await open();
    expect((await store.nodes.list(1)).aggregatesBehindMillis).to.equal(0);
    // Whoever wants to aggregate them gets nothing.
    await ask(
      url,
      `CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
       CREATE TRIGGER keep BEFORE DELETE ON pending FOR EACH ROW EXECUTE FUNCTION keep()`,
    );
    await store.append(append({ seq: 1, claim: null }));
    await ask(url, `UPDATE pending SET stored_at = stored_at - interval '90 seconds'`);
    expect((await store.nodes.list(1)).aggregatesBehindMillis).to.be.at.least(90_000);
    await ask(url, 'DROP TRIGGER keep ON pending');
    await store.rollUp();
    expect((await store.nodes.list(1)).aggregatesBehindMillis).to.equal(0);
  });

  it('find the table missing in a database of version 1, and add it so that servers of that version go on', async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (const statement of CREATE_TABLES) await client.query(statement);
    await client.end();
    const meta = (): Promise<readonly unknown[]> => ask(url, 'SELECT version, usable_from FROM meta');
    expect(await meta()).to.deep.equal([{ version: 1, usable_from: 1 }]);
    const store = await open();
    await untilListed(store, 'one:8765 ready');
    expect(await meta()).to.deep.equal([{ version: MIGRATIONS.length + 1, usable_from: 1 }]);
    await openStore(url).then((again) => again.close());
    expect(await meta()).to.deep.equal([{ version: MIGRATIONS.length + 1, usable_from: 1 }]);
    await store.append(append({ seq: null }));
    const known = 'arrived, received_at, event_time, client_id, endpoint, method, custom_data';
    await ask(url, `INSERT INTO events (id, ${known}) SELECT id + 1, ${known} FROM events`);
    const events = await store.events({ limit: 9, order: 'oldest' });
    expect(events.map(({ release }) => release)).to.deep.equal(['1.2.3', null]);
  });
});

describe('a server whose database goes away', function () {
  this.timeout(90_000);
  const { engine, freshDatabase } = useOwnPostgres();

  it('is heard while everybody else waits for a standby', async () => {
    const url = await freshDatabase();
    const quickly = (sql: string): Promise<unknown> => ask(url, `SET synchronous_commit = off; ${sql}`);
    const store = await openStore(url);
    afterTest(async () => {
      await ask(url, 'ALTER SYSTEM RESET synchronous_standby_names');
      await ask(url, 'SELECT pg_reload_conf()');
      await store.close();
    });
    await ask(url, `ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (nobody)'`);
    await ask(url, 'SELECT pg_reload_conf()');
    store.nodes.announce(() => REPORT);
    const isReady = async (): Promise<boolean> => (await store.nodes.list(9)).rows[0]?.state === 'ready';
    await until('it is heard', isReady, HEARD_MILLIS);
    await quickly(`UPDATE nodes SET seen_at = seen_at - interval '1 minute'`);
    await until('it is heard again', isReady, HEARD_MILLIS);
  });

  it('is heard again when it is back, and stops meanwhile without waiting for it', async () => {
    const url = await freshDatabase();
    const [store, other] = [await openStore(url), await openStore(url)];
    for (const [index, each] of [store, other].entries()) {
      afterTest(() => each.close());
      each.nodes.announce(() => ({ ...REPORT, name: `server-${index}` }));
    }
    await until('both are listed', async () => (await store.nodes.list(9)).total === 2, HEARD_MILLIS);
    await engine().stop();
    await within('a stop without a database', other.close(), HEARD_MILLIS);
    await engine().startAgain();
    await ask(url, `UPDATE nodes SET seen_at = seen_at - interval '1 minute'`);
    const states = async (): Promise<unknown> =>
      store.nodes.list(9).then(
        ({ rows }) => rows.map(({ name, state }) => `${name} ${state}`).join(', '),
        () => 'no answer',
      );
    await until(
      'it is heard again',
      async () => (await states()) === 'server-0 ready, server-1 silent',
      HEARD_MILLIS,
    );
  });

  it('is not ready meanwhile, although nobody sends anything, and ready when it is back', async () => {
    const url = await freshDatabase();
    const env = {
      CERBERUS_SERVER_STORE: url,
      CERBERUS_SERVER_TOKEN: SECRETS.token,
      CERBERUS_SERVER_SECRET_KEY: SECRETS.secretKey,
    };
    const server = await spawnServer(['--port', '0'], env).url;
    const readiness = async (): Promise<unknown> => (await fetch(`${server}/readyz`)).json();
    const isReady = async (): Promise<boolean> => 'status' in ((await readiness()) as object);
    const isNot = async (): Promise<boolean> => !(await isReady());
    await until('it is ready', isReady, HEARD_MILLIS);
    await engine().stop();
    await until('it is not ready without a database', isNot, HEARD_MILLIS);
    expect(await readiness()).to.deep.equal({ error: 'the database does not answer' });
    expect((await fetch(`${server}/livez`)).status).to.equal(200);
    await engine().startAgain();
    await until('it is ready again', isReady, HEARD_MILLIS);
    engine().pause();
    await until('it is not ready where the database hangs', isNot, HEARD_MILLIS).finally(() =>
      engine().resume(),
    );
    await until('it is ready after that', isReady, HEARD_MILLIS);
  });
});
