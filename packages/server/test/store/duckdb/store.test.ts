import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';

import { CerberusServerError } from '../../../dist/errors.js';
import { openDatabase } from '../../../dist/store/duckdb/instance.js';
import { SCHEMA_VERSION } from '../../../dist/store/duckdb/schema.js';
import { DuckDbStore } from '../../../dist/store/duckdb/store.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { sql } from '../../support/databases/duckdb-file.js';
import { append, lastSeqOf, producerRef, storeEvent } from '../../support/events/events.js';
import { spawnServer } from '../../support/processes/server-process.js';
import { describeStore } from '../../support/contracts/store.js';
import { tempFolder } from '../../support/temp-folder.js';

const LIMITS = { memoryLimit: '256MB', threads: 1 };
/** Of POSIX: what it makes is no file in which anything has a place. */
const MAKE_PIPE = 'mkfifo';

/** A store that is closed after the test. */
async function open(path: string): Promise<DuckDbStore> {
  const store = await DuckDbStore.open(path, LIMITS);
  afterTest(() => store.close());
  return store;
}

async function openError(path: string): Promise<unknown> {
  return open(path).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describeStore('DuckDbStore', () => open(join(tempFolder(), 'test.duckdb')));

describe('DuckDbStore', () => {
  let path: string;

  beforeEach(() => {
    path = join(tempFolder(), 'cerberus.duckdb');
  });

  it('finds everything again after it was closed', async () => {
    const first = await open(path);
    await first.append(append({ seq: 41, events: [storeEvent(), storeEvent()] }));
    const before = await first.events({ limit: 10 });
    await first.close();
    const second = await open(path);
    expect(await second.events({ limit: 10 })).to.deep.equal(before);
    expect(await lastSeqOf(second, 'producer-1')).to.equal(41);
    await second.append(append({ seq: 42 }));
    expect((await second.events({ limit: 10 })).map((event) => event.id)).to.have.members([1, 2, 3]);
  });

  it('has the tables that the documentation names', async () => {
    await (await open(path)).close();
    expect(await sql(path, 'SELECT schema_version FROM meta')).to.deep.equal([[SCHEMA_VERSION]]);
    const columns = async (table: string): Promise<unknown[]> =>
      (
        await sql(
          path,
          `SELECT column_name FROM duckdb_columns() WHERE table_name = '${table}' ORDER BY column_index`,
        )
      ).flat();
    expect((await columns('producers')).join(' ')).to.equal(
      'producer client_id last_seq mode agent first_seen last_seen events rejected ' +
        'service_version deployment_environment service_instance_id',
    );
    expect(await columns('events')).to.include.members([
      'id',
      'received_at',
      'custom_data',
      'timestamp',
      'source_ip',
    ]);
    expect(await sql(path, 'SELECT count(*) FROM duckdb_indexes()')).to.deep.equal([['0']]);
  });

  it('stores metrics that SQL can look into', async () => {
    const store = await open(path);
    await store.append(
      append({ events: [storeEvent({ customData: '{"cart":{"items":[1,2]},"vip":true}' })] }),
    );
    await store.close();
    const rows = await sql(path, `SELECT custom_data->'$.cart.items[1]', custom_data->>'vip' FROM events`);
    expect(rows).to.deep.equal([['2', 'true']]);
  });

  it('stores nothing of a group whose transaction fails, and goes on afterwards', async () => {
    const store = await open(path);
    await store.append(append({ seq: 1 }));
    // A status that is no SMALLINT gets past no validation; here it makes the row appender fail half-way.
    const poison = storeEvent({ statusCode: 1e9 });
    const failed = await Promise.allSettled([
      store.append(append({ seq: 2, after: 1 })),
      store.append(append({ seq: 3, after: 2, events: [storeEvent(), poison] })),
    ]);
    expect(failed.map((result) => result.status)).to.deep.equal(['rejected', 'rejected']);
    expect(await lastSeqOf(store, 'producer-1')).to.equal(1);
    expect(await store.events({ limit: 10 })).to.have.length(1);
    expect(await store.append(append({ seq: 2, after: 1 }))).to.deep.equal({ status: 'stored', skipped: 0 });
    expect((await store.events({ limit: 10 })).map((event) => event.id)).to.deep.equal([2, 1]);
  });

  it('lets go of the file when it is closed, also after a failure, so that another process can have it', async () => {
    const store = await open(path);
    await store.append(append());
    await store.append(append({ seq: 2, events: [storeEvent({ statusCode: 1e9 })] })).catch(() => undefined);
    await store.summary({});
    await store.close();
    expect(existsSync(`${path}.wal`), 'the log was merged into the file').to.equal(false);
    const server = spawnServer(['--port', '0', '--db', path]);
    expect(await server.url, server.output().stderr).to.be.a('string');
    server.child.kill('SIGKILL');
    await server.ended;
  });

  it('stores many producers in one group', async () => {
    const store = await open(path);
    const producers = Array.from({ length: 200 }, (_, index) => `producer-${index}`);
    await Promise.all(
      [1, 2].flatMap((seq) =>
        producers.map((producer) => store.append(append({ seq, producer: producerRef({ producer }) }))),
      ),
    );
    await store.close();
    const rows = await sql(
      path,
      'SELECT count(*)::INTEGER, min(last_seq)::INTEGER, sum(events)::INTEGER FROM producers',
    );
    expect(rows).to.deep.equal([[200, 2, 400]]);
  });

  it('commits nothing while the log is merged into the file, for DuckDB would hold up the whole process', async () => {
    const spans: { statement: string; start: number; end: number }[] = [];
    const run = DuckDBConnection.prototype.run;
    DuckDBConnection.prototype.run = async function (statement, ...rest) {
      const start = performance.now();
      try {
        return await run.call(this, statement, ...rest);
      } finally {
        spans.push({ statement, start, end: performance.now() });
      }
    };
    const store = await open(path);
    try {
      const events = Array.from({ length: 2000 }, (_, index) =>
        storeEvent({ endpoint: `/${index}/${'x'.repeat(1000)}` }),
      );
      for (let seq = 1; !spans.some(({ statement }) => statement === 'CHECKPOINT'); seq += 1) {
        await store.append(append({ seq, events }));
      }
    } finally {
      await store.close();
      DuckDBConnection.prototype.run = run;
    }
    const merged = spans.find(({ statement }) => statement === 'CHECKPOINT');
    const commits = spans.filter(({ statement }) => statement === 'COMMIT').map(({ end }) => end);
    const during = spans.filter(
      ({ statement, start }) =>
        statement === 'BEGIN' && start > (merged?.start ?? Infinity) && start < (merged?.end ?? 0),
    );
    expect(commits).to.have.length.above(2);
    expect(during).to.deep.equal([]);
  }).timeout(120_000);

  it('writes in small row groups, of which a merge rewrites the last one', async () => {
    const store = await open(path);
    const events = Array.from({ length: 40_000 }, () => storeEvent());
    await store.append(append({ events }));
    await store.close();
    const groups = await sql(
      path,
      `SELECT DISTINCT row_group_id, count FROM pragma_storage_info('events')
       WHERE column_name = 'id' AND segment_type = 'BIGINT' ORDER BY row_group_id`,
    );
    expect(groups.map(([, count]) => Number(count))).to.deep.equal([16_384, 16_384, 7_232]);
  });

  it('goes on with a file whose row groups are of another size', async () => {
    await (await open(path)).close();
    await sql(
      path,
      `INSERT INTO producers SELECT 'p' || i, 'app', 7, 'batch', 'test/1', now(), now(), 1, 0, NULL, NULL, NULL
      FROM range(30_000) t(i)`,
    );
    const store = await open(path);
    expect(await lastSeqOf(store, 'p29999')).to.equal(7);
    await store.append(append({ seq: 1 }));
    await store.close();
    expect(await sql(path, 'SELECT count(*) FROM producers')).to.deep.equal([['30001']]);
  });

  it('puts what does not fit into memory beside the file, not into the working directory', async () => {
    const database = await openDatabase(path, LIMITS);
    const connection = await database.connect();
    const setting = await connection.runAndReadAll(`SELECT current_setting('temp_directory')`);
    expect(setting.getRows()).to.deep.equal([[`${database.path}.tmp`]]);
    connection.closeSync();
    database.release();
  });

  it('says which option DuckDB does not take', async () => {
    const error = await DuckDbStore.open(path, { memoryLimit: 'much', threads: 1 }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.an.instanceOf(CerberusServerError).with.property('code', 'DB_UNAVAILABLE');
    await (await open(path)).close();
  });

  it('takes a path with a quote in it', async () => {
    const quoted = join(tempFolder(), "it's.duckdb");
    const store = await open(quoted);
    await store.append(append());
    await store.close();
    expect(await sql(quoted, 'SELECT count(*) FROM events')).to.deep.equal([['1']]);
  });

  it('refuses a file that this process has open, under whatever name', async () => {
    const store = await open(path);
    const folder = tempFolder();
    symlinkSync(path, join(folder, 'link.duckdb'));
    symlinkSync(join(path, '..'), join(folder, 'folder'));
    for (const name of [path, join(folder, 'link.duckdb'), join(folder, 'folder', 'cerberus.duckdb')]) {
      expect(await openError(name), name).to.have.property('code', 'DB_LOCKED');
    }
    await store.close();
    await (await open(path)).close();
  });

  it('lets one of two that open a file at once have it', async () => {
    const results = await Promise.allSettled([open(path), open(path)]);
    expect(results.map((result) => result.status)).to.deep.equal(['fulfilled', 'rejected']);
    for (const result of results) if (result.status === 'fulfilled') await result.value.close();
  });

  it('lets go of a file that could not be opened to the end, so that it can be when what was in the way is gone', async function () {
    if (process.platform === 'win32') this.skip();
    await (await DuckDbStore.open(path, LIMITS)).close();
    const inTheWay = `${path}.acknowledged`;
    rmSync(inTheWay);
    execFileSync(MAKE_PIPE, [inTheWay]);
    const error: unknown = await DuckDbStore.open(path, LIMITS).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ESPIPE' });
    rmSync(inTheWay);
    await (await DuckDbStore.open(path, LIMITS)).close();
  });

  it('refuses a file that another process has open', async () => {
    const server = spawnServer(['--port', '0', '--db', path]);
    expect(await server.url).to.be.a('string');
    expect(await openError(path)).to.have.property('code', 'DB_LOCKED');
    server.child.kill('SIGKILL');
    await server.ended;
    await (await open(path)).close();
  });

  it('refuses a file that is no database, and leaves it as it is', async () => {
    writeFileSync(path, 'this is not a database, but it is long enough to be looked at'.repeat(200));
    const before = readFileSync(path);
    expect(await openError(path)).to.have.property('code', 'DB_CORRUPT');
    expect(readFileSync(path)).to.deep.equal(before);
    expect(await openError(path), 'the path is free again').to.have.property('code', 'DB_CORRUPT');
  });

  it('refuses a database whose pages were damaged', async () => {
    await (await open(path)).close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096, 12_288);
    writeFileSync(path, bytes);
    expect(await openError(path)).to.have.property('code', 'DB_CORRUPT');
  });

  it('refuses a file of a newer version', async () => {
    await (await open(path)).close();
    await sql(path, `UPDATE meta SET schema_version = ${SCHEMA_VERSION + 1}`);
    expect(await openError(path))
      .to.include({ code: 'DB_SCHEMA' })
      .and.have.property(
        'message',
        `database ${path} was written by a newer server: it has schema version ${SCHEMA_VERSION + 1}, and this one knows up to ${SCHEMA_VERSION}`,
      );
    expect(await sql(path, 'SELECT schema_version FROM meta')).to.deep.equal([[SCHEMA_VERSION + 1]]);
  });

  it('says when the folder is missing or the path is a folder', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'sub'));
    for (const name of [join(folder, 'missing', 'x.duckdb'), join(folder, 'sub')]) {
      expect(await openError(name), name).to.have.property('code', 'DB_UNAVAILABLE');
    }
  });

  it('reads the commits of a process that was killed from the write-ahead log', async () => {
    const store = await open(path);
    await store.append(append({ seq: 7 }));
    // What a kill leaves behind: the files as they are, nothing flushed by a close.
    const copy = join(tempFolder(), 'copy.duckdb');
    copyFileSync(path, copy);
    copyFileSync(`${path}.wal`, `${copy}.wal`);
    await store.close();
    const second = await open(copy);
    expect(await lastSeqOf(second, 'producer-1')).to.equal(7);
    expect(await second.events({ limit: 10 })).to.have.length(1);
  });

  it('does not open a hard link of an open file in another process', async () => {
    const store = await open(path);
    await store.append(append());
    const link = join(tempFolder(), 'hard.duckdb');
    linkSync(path, link);
    const server = spawnServer(['--port', '0', '--db', link]);
    expect(await server.url).to.equal(undefined);
  });
});
