import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';
import pg from 'pg';

import { MIGRATIONS } from '../../../dist/store/postgres/schema/migrations.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { Engine } from '../../support/databases/postgres-engine.js';
import { ask, useOwnPostgres } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';

const COMMAND = fileURLToPath(new URL('../../../bin/cerberus-server.mjs', import.meta.url));

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs `cerberus-server doctor`. */
function doctor(url: string): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, CERBERUS_SERVER_STORE: url };
    execFile(process.execPath, [COMMAND, 'doctor'], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

describe('cerberus-server doctor', () => {
  const { engine, freshDatabase } = useOwnPostgres();
  let store: PostgresStore | undefined;

  afterEach(async () => {
    await store?.close();
    store = undefined;
  });

  it('says that no server has used an empty database, and leaves it empty', async () => {
    const url = await freshDatabase();
    const { code, output } = await doctor(url);
    expect([code, output]).to.deep.equal([1, 'FAIL  there are no tables: no server has used the database\n']);
    expect(await ask(url, `SELECT 1 FROM pg_class WHERE relname = 'meta'`)).to.have.length(0);
  });

  it('says what a database promises, and warns of one without a synchronous standby', async () => {
    const url = await freshDatabase();
    store = await openStore(url);
    await until('the partitions are there', async () => {
      const sql = `SELECT 1 FROM pg_inherits WHERE inhparent = 'events'::regclass`;
      return (await ask(url, sql)).length === 8;
    });
    const { code, output } = await doctor(url);
    expect(code).to.equal(0);
    expect(output).to.match(/^ok {4}PostgreSQL \d+/);
    for (const line of [
      'ok    fsync is on',
      'ok    settings of a session stay',
      'warn  there is no synchronous standby: what is acknowledged is on one disk, and lost with it',
      `ok    the tables are of version ${MIGRATIONS.length + 1}`,
      'ok    0 batches wait to be aggregated',
      'ok    partitions are there for 8 days, 7 of them to come',
    ])
      expect(output).to.include(`${line}\n`);
  });

  it('fails where everything waits for a standby that is not there', async () => {
    const url = await freshDatabase();
    store = await openStore(url);
    await ask(url, `ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (nobody)'`);
    await ask(url, 'SELECT pg_reload_conf()');
    const { code, output } = await doctor(url);
    await ask(url, 'ALTER SYSTEM RESET synchronous_standby_names');
    await ask(url, 'SELECT pg_reload_conf()');
    expect(code).to.equal(1);
    expect(output).to.include('FAIL  synchronous_standby_names is set and no such standby is connected');
  });

  it('fails for no standby whose state an ordinary user is not shown, and counts the connections of all users', async () => {
    const url = await freshDatabase();
    await ask(url, 'CREATE ROLE ordinary LOGIN');
    await ask(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO ordinary`);
    const ordinary = url.replace('cerberus@', 'ordinary@');
    store = await openStore(ordinary);
    const standby = await Engine.follow(engine(), 'second');
    afterTest(() => standby.remove());
    await ask(url, `ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (second)'`);
    afterTest(() => ask(url, 'ALTER SYSTEM RESET synchronous_standby_names').then(() => engine().reload()));
    await engine().reload();
    await until('the standby is synchronous', async () => {
      const rows = await ask(url, `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'quorum'`);
      return rows.length === 1;
    });
    const others = Array.from({ length: 20 }, () => new pg.Client({ connectionString: url }));
    afterTest(() => Promise.all(others.map((client) => client.end())));
    await Promise.all(others.map((client) => client.connect()));
    expect((await doctor(url)).output).to.match(/^ok {4}standby second: quorum, \d+ bytes behind$/m);
    const { code, output } = await doctor(ordinary);
    expect(code, output).to.equal(0);
    expect(output).to.include('ok    standby second is connected\n');
    expect(output).to.match(/^warn {2}which standby is synchronous.*: GRANT pg_monitor TO it/m);
    expect(Number(/(\d+) of \d+ connections/.exec(output)?.[1])).to.be.above(others.length);
  });

  it('says in one line that a database cannot be reached, without its password', async () => {
    const { code, output } = await doctor('postgres://user:secret@127.0.0.1:1/cerberus');
    expect([code, output]).to.deep.equal([
      1,
      'cerberus-server doctor: no database at 127.0.0.1:1/cerberus: ECONNREFUSED\n',
    ]);
  });
});
