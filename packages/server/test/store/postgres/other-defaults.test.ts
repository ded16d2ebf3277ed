// Databases whose administrator has set them up in another way than a server would.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';
import pg from 'pg';

import { Connector } from '../../../dist/store/postgres/engine/connect.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { pause } from '@cerberus-otel/test-support/deadline';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';
import { TransactionPooler } from '../../support/databases/transaction-pooler.js';
import { append, claimOf, producerRef, storeEvent } from '../../support/events/events.js';

const COMMAND = fileURLToPath(new URL('../../../bin/cerberus-server.mjs', import.meta.url));

/** What the command says as it refuses to start, or to say that all is well. */
function refusalOf(url: string, args: readonly string[] = ['--port', '0']): Promise<string> {
  return new Promise((resolve) => {
    const secrets = { CERBERUS_SERVER_TOKEN: 'a-token', CERBERUS_SERVER_SECRET_KEY: 'a-key' };
    const env = { ...process.env, ...secrets, CERBERUS_SERVER_STORE: url };
    const told = { env, timeout: 20_000 };
    execFile(process.execPath, [COMMAND, ...args], told, (error, stdout, stderr) =>
      resolve(error?.killed === true ? `it did not end, but said: ${stderr}` : stdout + stderr),
    );
  });
}

describe('a database with defaults of its own', () => {
  const freshDatabase = usePostgres();
  let url: string;
  let name: string;
  let store: PostgresStore | undefined;
  const others: pg.Client[] = [];

  beforeEach(async () => {
    url = await freshDatabase();
    name = new URL(url).pathname.slice(1);
  });

  afterEach(async () => {
    await Promise.all(others.splice(0).map((client) => client.end()));
    await store?.close();
    store = undefined;
  });

  async function defaultTo(...settings: readonly string[]): Promise<void> {
    for (const setting of settings) await ask(url, `ALTER DATABASE ${name} SET ${setting}`);
  }

  /** Keeps others from a row of a producer for a while, and changes it. */
  async function changeSlowly(millis: number): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    others.push(client);
    await client.connect();
    await client.query('SET statement_timeout = 0; BEGIN; UPDATE producers SET last_seen = last_seen');
    void pause(millis).then(() => client.query('COMMIT'));
  }

  it('limits neither statements nor waits: each kind of work has its own time', async () => {
    await defaultTo(`statement_timeout = '400ms'`, `lock_timeout = '400ms'`);
    store = await openStore(url);
    await claimOf(store);
    await changeSlowly(1500);
    const claimed = await claimOf(store).then(() => 'claimed');
    expect(claimed).to.equal('claimed');
  });

  it('ends no session that has nothing to do', async () => {
    await defaultTo(`idle_session_timeout = '300ms'`);
    store = await openStore(url);
    await claimOf(store);
    const claiming = `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND query LIKE '%producers%' AND pid <> pg_backend_pid()`;
    const before = await ask(url, claiming, [name]);
    await pause(1500);
    expect(before).to.have.length.above(0);
    expect(await ask(url, claiming, [name])).to.deep.equal(before);
  });

  it('has a writer wait for a lock and go on, also where transactions are serializable by default', async () => {
    await defaultTo(`default_transaction_isolation = 'serializable'`);
    store = await openStore(url);
    const { claim } = await claimOf(store);
    await changeSlowly(1500);
    const { status } = await store.append(append({ claim }));
    expect(status).to.equal('stored');
  });

  it('aggregates what came on a day, however dates are written', async () => {
    await defaultTo(
      `datestyle = 'German, DMY'`,
      `timezone = 'Pacific/Kiritimati'`,
      `intervalstyle = 'sql_standard'`,
    );
    store = await openStore(url);
    // Its 20 is no month.
    await store.append(append({ seq: null, receivedAt: Date.parse('2025-03-20T12:00:00Z') }));
    await store.rollUp();
    expect(await ask(url, 'SELECT 1 FROM pending')).to.have.length(0);
  });

  it('reads texts and arrays of statements as they were written', async () => {
    await defaultTo('standard_conforming_strings = off', 'array_nulls = off', 'quote_all_identifiers = on');
    store = await openStore(url);
    const producer = producerRef({ agent: null });
    const event = storeEvent({ customData: JSON.stringify({ 'a.b\\c': 'x' }) });
    const { claim } = await claimOf(store, producer);
    await store.append(append({ producer, claim, events: [event] }));
    expect(await store.producer(producer.producer)).to.include({ agent: null });
    const since = Date.parse('2025-03-01T00:00:00Z');
    const range = { since, until: since + 86_400_000, bucketMillis: 3_600_000 };
    const metric = await store.analytics.metric({ ...range, name: 'a.b\\c', byEndpoint: false });
    expect(metric).to.deep.include({ events: 1 });
  });
});

describe('a host of several that takes no writes', () => {
  const freshDatabase = usePostgres();

  it('because it is read-only by default is passed over, as a standby is', async () => {
    const [one, other] = [await freshDatabase(), await freshDatabase()];
    await ask(one, `ALTER DATABASE ${new URL(one).pathname.slice(1)} SET default_transaction_read_only = on`);
    const client = await new Connector({ urls: [one, other], name: 'x' }).connect();
    const { rows } = await client.query(`SELECT '/' || current_database() AS path`);
    await client.end();
    expect(rows).to.deep.equal([{ path: new URL(other).pathname }]);
  });
});

describe('a database that a server cannot use', function () {
  this.timeout(60_000);
  const freshDatabase = usePostgres();

  for (const encoding of ['LATIN1', 'SQL_ASCII'])
    it(`is refused where its encoding is ${encoding}, for what it cannot hold would be sent again for ever`, async () => {
      const url = await freshDatabase();
      const name = `${new URL(url).pathname.slice(1)}_${encoding.toLowerCase()}`;
      await ask(url, `CREATE DATABASE ${name} ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`);
      const refusal = await refusalOf(new URL(`/${name}`, url).href);
      expect(refusal).to.include(`has the encoding ${encoding}, and it must be UTF8`);
    });

  it('is refused with words where the user may make no tables, where it is read-only, and where there is none', async () => {
    const url = await freshDatabase();
    const { pathname } = new URL(url);
    await ask(url, `CREATE ROLE stranger LOGIN`);
    await ask(url, `REVOKE CREATE ON SCHEMA public FROM public`);
    const asStranger = url.replace('cerberus@', 'stranger@');
    expect(await refusalOf(asStranger)).to.include('42501, the user lacks a privilege');
    await ask(url, `ALTER DATABASE ${pathname.slice(1)} SET default_transaction_read_only = on`);
    expect(await refusalOf(url)).to.include('25006, it is read-only');
    expect(await refusalOf(url.replace(pathname, '/nowhere'))).to.include('3D000, there is no such database');
  });

  it('is let go of, so that the command ends, where only the look at what keeps it safe fails', async () => {
    const url = await freshDatabase();
    await ask(url, 'CREATE ROLE confined LOGIN; GRANT CREATE, USAGE ON SCHEMA public TO confined');
    await ask(url, 'REVOKE SELECT ON pg_stat_replication FROM public');
    const reason = 'the database did not answer a question (42501, the user lacks a privilege)';
    expect(await refusalOf(url.replace('cerberus@', 'confined@'))).to.equal(`cerberus-server: ${reason}\n`);
  });
});

describe('a PgBouncer that lends sessions by the transaction', function () {
  this.timeout(60_000);
  const freshDatabase = usePostgres();

  it('is noticed: a server does not start, for its commits would be as durable as others say, and doctor fails', async () => {
    const url = new URL(await freshDatabase());
    const database = url.pathname.slice(1);
    // Tables are there, or doctor has nothing to look at.
    await (await openStore(url.href)).close();
    const pooler = await TransactionPooler.start(Number(url.port), url.username, database);
    try {
      url.port = String(pooler.port);
      const reason = 'settings of a session do not stay: a PgBouncer in between must be in session mode';
      expect(await refusalOf(url.href)).to.include(reason);
      expect(await refusalOf(url.href, ['doctor'])).to.include(`FAIL  ${reason}`);
    } finally {
      await pooler.stop();
    }
  });
});
