import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import pg from 'pg';

import { askFor } from '../../../dist/store/asker.js';
import { DuckDbStore } from '../../../dist/store/duckdb/store.js';
import { openPostgres } from '../../../dist/store/postgres/open.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { parseStoreUrl } from '../../../dist/store/store-address.js';
import type { Store } from '../../../dist/store/store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, emptyEvent, producerRef, START, storeEvent } from '../../support/events/events.js';
import { ask } from '../../support/databases/postgres.js';
import { LIMITS, openStore, SECRETS, usePreparedPostgres } from '../../support/databases/postgres-store.js';
import { removeTempFolders, tempFolder } from '../../support/temp-folder.js';

describe('an export from PostgreSQL', () => {
  const freshDatabase = usePreparedPostgres();
  let url: string;
  let postgres: PostgresStore;
  let duckDb: DuckDbStore;

  beforeEach(async () => {
    url = await freshDatabase();
    postgres = await openStore(url);
    duckDb = await DuckDbStore.open(join(tempFolder(), 'x.duckdb'), { memoryLimit: '256MB', threads: 1 });
    for (const store of [postgres, duckDb]) await fill(store);
  });

  afterEach(async () => {
    await Promise.all([postgres.close(), duckDb.close()]);
    removeTempFolders();
  });

  async function fill(store: Store): Promise<void> {
    const events = [
      storeEvent(),
      storeEvent({
        customData: '{"a":{"b":[1,null,"\\u2028"]},"c":1e3,"d":";=1"}',
        userAgent: '=1+1',
        userId: '-1',
        sessionId: '@a,"b"',
        consumerLabel: '\t+1',
        route: '/x;=cmd()',
      }),
      emptyEvent(),
    ];
    await store.append(append({ seq: 1, events }));
    const many = Array.from({ length: 7000 }, (_, n) =>
      storeEvent({ endpoint: `/${n}`, timestamp: START + n }),
    );
    await store.append(append({ seq: 2, events: many, receivedAt: START + 10_000 }));
    const other = producerRef({ producer: 'other', clientId: 'other' });
    await store.append(
      append({ producer: other, events: [storeEvent({ clientId: 'other' })], receivedAt: START + 20_000 }),
    );
  }

  it('S3 is given up when whoever asked for it has left', async () => {
    const leaving = new AbortController();
    const path = join(tempFolder(), 'events.ndjson');
    const left = askFor(leaving.signal, () => postgres.archive.export({ format: 'ndjson' }, path)).catch(
      (error: unknown) => error,
    );
    leaving.abort();
    expect(await left).to.include({
      code: 'STORE_BUSY',
      message: 'nobody waits for the answer any more',
    });
    await postgres.archive.export({ format: 'ndjson' }, `${path}.another`);
  });

  it('that the database ends can be tried again, and says nothing of what is stored', async () => {
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await other.query('BEGIN; LOCK TABLE events');
    const folder = await postgres.archive.newFolder();
    const ended = postgres.archive.export({ format: 'ndjson' }, join(folder, 'export')).then(
      () => 'it was made',
      (error: unknown) => error,
    );
    const waits = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DECLARE%'`;
    await until('it waits', async () => (await ask(url, waits)).length === 1);
    await ask(url, `SELECT pg_terminate_backend(pid) FROM (${waits}) AS each`);
    await other.query('ROLLBACK');
    await other.end();
    rmSync(folder, { recursive: true });
    expect(await ended).to.include({ name: 'CerberusServerError', code: 'STORE_UNAVAILABLE' });
  });

  it('S7 leaves no folder behind that a killed server made, from the next start on, and those of others at work stay', async () => {
    const before = process.env['TMPDIR'];
    const folder = tempFolder();
    process.env['TMPDIR'] = folder;
    afterTest(() => {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    });
    const own = await postgres.archive.newFolder();
    const made = new URL('../../../dist/store/postgres/export-folders.js', import.meta.url).href;
    const making = `import(${JSON.stringify(made)}).then(async (of) => console.log(await of.newExportFolder())); setInterval(() => {}, 1000)`;
    const started = [0, 1].map(() => spawn(process.execPath, ['--eval', making]));
    afterTest(() => started.forEach((child) => child.kill('SIGKILL')));
    const folders = await Promise.all(
      started.map(async ({ stdout }) => String(await once(stdout, 'data')).trim()),
    );
    const [killed, other] = started;
    killed?.kill('SIGKILL');
    if (killed !== undefined) await once(killed, 'exit');
    // In a container the next process may have the same number.
    const earlier = `${own}earlier`;
    mkdirSync(earlier);
    utimesSync(earlier, 1, 1);
    const address = parseStoreUrl(url);
    if (address === undefined) throw new Error('no URL');
    await (await openPostgres(address, LIMITS, SECRETS)).close();
    expect(
      readdirSync(folder)
        .map((name) => join(folder, name))
        .toSorted(),
    ).to.deep.equal([own, folders[1]].toSorted());
    other?.kill('SIGKILL');
    if (other !== undefined) await once(other, 'exit');
  });

  async function exported(
    store: Store,
    query: Parameters<NonNullable<Store['archive']>['export']>[0],
  ): Promise<string> {
    const { archive } = store;
    if (archive === undefined) throw new Error('it has no archive');
    const folder = await archive.newFolder();
    const path = join(folder, 'export');
    await archive.export(query, path);
    const text = readFileSync(path, 'latin1');
    rmSync(folder, { recursive: true });
    return text;
  }

  function parsed(ndjson: string): unknown[] {
    return ndjson
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(Buffer.from(line, 'latin1').toString('utf8')) as unknown);
  }

  it('has the same lines as one from DuckDB as CSV', async () => {
    const query = { format: 'csv', method: 'GET' } as const;
    const [mine, other] = [await exported(postgres, query), await exported(duckDb, query)];
    expect(mine.split('\n')).to.have.length(7006);
    expect(mine).to.include(`,'-1,'=1+1,`).and.include(`,"'@a,""b""",`).and.include(`,'\t'+1,`);
    expect(mine, 'where fields end at semicolons').to.include(`,/x;'=cmd(),`).and.include(`;'=1""}"`);
    expect(mine).to.not.match(/;[=+@-]/);
    expect(mine.split('\n').toSorted()).to.deep.equal(other.split('\n').toSorted());
  });

  it('has the same lines as one from DuckDB, with the same names in the same order', async () => {
    const query = { format: 'ndjson' } as const;
    const [mine, other] = [parsed(await exported(postgres, query)), parsed(await exported(duckDb, query))];
    expect(mine).to.have.length(7004);
    expect(mine).to.deep.equal(other);
    expect(mine.map((each) => Object.keys(each as object))).to.deep.equal(
      other.map((each) => Object.keys(each as object)),
    );
  });

  it('has only what was asked for', async () => {
    const query = { format: 'ndjson', clientId: 'my-app', since: START + 1, until: START + 5 } as const;
    expect(parsed(await exported(postgres, query))).to.have.length(4);
    expect(await exported(postgres, { format: 'ndjson', clientId: 'nobody' })).to.equal('');
  });

  it('as Parquet is the one from DuckDB', async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const folder = tempFolder();
    for (const [name, store] of Object.entries({ postgres, duckDb }))
      await store.archive.export({ format: 'parquet' }, join(folder, name));
    const rows = async (name: string) => {
      const reader = await connection.runAndReadAll(
        `FROM read_parquet('${join(folder, name)}') ORDER BY received_at, endpoint, custom_data`,
      );
      return {
        names: reader.columnNames(),
        types: reader.columnTypes().map(String),
        rows: reader.getRowObjectsJson(),
      };
    };
    const [mine, other] = [await rows('postgres'), await rows('duckDb')];
    expect(mine.types).to.deep.equal(other.types);
    expect(mine).to.deep.equal(other);
    connection.closeSync();
    instance.closeSync();
  });
});
