// `cerberus-server export` and `backup`, as processes, with a running server and without.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { append, lastSeqOf, START, storeEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { spawnServer } from '../support/processes/server-process.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';

const LIMITS = { memoryLimit: '256MB', threads: 1 };
const HOSTILE = `/ünï/"'\\;--\u2028/🎉`;

describe('export and backup', function () {
  this.timeout(180_000);
  let folder: string;
  let db: string;

  async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    // A port where nobody listens, unless --url names another.
    const ran = spawnServer(args, { CERBERUS_SERVER_PORT: '1' }, { cwd: folder });
    const { code } = await within('the command to end', ran.ended, 55_000);
    return { code, ...ran.output() };
  }

  async function serve(): Promise<CerberusServer> {
    return server({ db, retentionDays: 36_500 });
  }

  beforeEach(async () => {
    folder = tempFolder();
    db = join(folder, 'cerberus.duckdb');
    const store = await DuckDbStore.open(db, LIMITS);
    const minutes = [0, 1, 2].map((n) =>
      storeEvent({ timestamp: START + n * 60_000, endpoint: `${HOSTILE}${n}` }),
    );
    await store.append(
      append({
        seq: 5,
        receivedAt: Date.now(),
        events: [...minutes, storeEvent({ timestamp: null, route: null })],
      }),
    );
    await store.close();
  });

  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  for (const how of ['a running server', 'the file of a stopped server']) {
    const source = async (): Promise<string[]> =>
      how === 'a running server' ? ['--url', (await serve()).url, '--token', TOKEN] : ['--db', db];

    it(`write NDJSON of a range to the standard output, from ${how}`, async () => {
      const range = ['--since', '2025-03-01T12:01:00Z', '--until', String(START + 120_000)];
      const { code, stdout, stderr } = await run('export', ...(await source()), ...range);
      expect([code, stderr]).to.deep.equal([0, '']);
      const lines = stdout.trimEnd().split('\n');
      expect(lines).to.have.length(1);
      expect(JSON.parse(lines[0] ?? '')).to.deep.include({
        endpoint: `${HOSTILE}1`,
        timestamp: '2025-03-01T12:01:00.000Z',
        status_code: 200,
        latency_ms: 12.345,
        custom_data: { items_processed: 10 },
      });
    });

    it(`write Parquet with types, from ${how}`, async () => {
      const output = join(folder, `events'.parquet`);
      const args = ['--format', 'parquet', '--output', output];
      const { code, stdout, stderr } = await run('export', ...(await source()), ...args);
      expect([code, stdout, stderr]).to.deep.equal([0, '', '']);
      const rows = await read(
        `SELECT typeof("timestamp"), typeof(latency_ms), count(*)::INTEGER, count(route)::INTEGER
         FROM read_parquet('${output.replaceAll(`'`, `''`)}') GROUP BY ALL`,
      );
      expect(rows).to.deep.equal([['TIMESTAMP', 'DOUBLE', 4, 3]]);
      expect(statSync(output).mode & 0o077).to.equal(0);
    });

    it(`write a backup that a server can be started with, from ${how}`, async () => {
      const output = join(folder, 'copy.duckdb');
      const { code, stderr } = await run('backup', ...(await source()), '--output', output);
      expect([code, stderr]).to.deep.equal([0, '']);
      const copy = await DuckDbStore.open(output, LIMITS);
      expect(await copy.events({ limit: 10 })).to.have.length(4);
      expect(await copy.append(append({ seq: 5 }))).to.deep.equal({ status: 'duplicate' });
      expect((await copy.append(append({ seq: 6 }))).status).to.equal('stored');
      await copy.rollUp();
      await copy.close();
    });

    it(`leave nothing behind but what was asked for, with ${how}`, async () => {
      const from = await source();
      await run('export', ...from, '--output', join(folder, 'a.ndjson'));
      await run('backup', ...from, '--output', join(folder, 'b.duckdb'));
      await stopServers();
      expect(readdirSync(folder).filter((name) => name.startsWith('.cerberus'))).to.deep.equal([]);
      expect(readFileSync(join(folder, 'a.ndjson'), 'utf8').trimEnd().split('\n')).to.have.length(4);
    });
  }

  it('write more events than their memory has room for, in their order', async () => {
    await fill(db, 400_000);
    for (const [format, reader] of [
      ['csv', 'read_csv'],
      ['ndjson', 'read_json'],
      ['parquet', 'read_parquet'],
    ] as const) {
      const output = join(folder, `all.${format}`);
      const args = ['--db', db, '--format', format, '--output', output];
      const { code, stderr } = await run('--memory-limit', '128MB', 'export', ...args);
      expect([code, stderr], format).to.deep.equal([0, '']);
      const [counted] = await read(
        `SELECT count(*)::INTEGER, bool_and(latency_ms > before) FROM (
           SELECT latency_ms, lag(latency_ms, 1, 0) OVER () AS before FROM ${reader}('${output}') WHERE client_id = 'filled')`,
      );
      expect(counted, format).to.deep.equal([400_000, true]);
    }
  });

  it('go on storing while a backup is made', async () => {
    const store = await DuckDbStore.open(db, LIMITS);
    const copies = [0, 1, 2].map((n) => store.archive.backup(join(folder, `${n}.duckdb`)));
    for (let seq = 6; seq < 40; seq += 1) await store.append(append({ seq }));
    await Promise.all(copies);
    expect(await lastSeqOf(store, 'producer-1')).to.equal(39);
    await store.close();
    for (const n of [0, 1, 2]) {
      const copy = await DuckDbStore.open(join(folder, `${n}.duckdb`), LIMITS);
      const events = await copy.events({ limit: 1000 });
      const lastSeq = await lastSeqOf(copy, 'producer-1');
      expect(events, 'events and last_seq of one state').to.have.length(4 + lastSeq - 5);
      await copy.close();
    }
  });

  it('say in one line what is wrong', async () => {
    const { url } = await serve();
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout]).to.deep.equal([1, '']);
      return stderr;
    };
    expect(await refused('export', '--url', url, '--token', 'wrong')).to.equal(
      'cerberus-server export: the server refused the token\n',
    );
    expect(await refused('export', '--db', db)).to.equal(
      `cerberus-server export: database ${db} is in use by another process\n`,
    );
    expect(await refused('export', '--url', 'http://127.0.0.1:1', '--token', 't')).to.equal(
      'cerberus-server export: the server cannot be reached: ECONNREFUSED\n',
    );
    expect(await refused('backup')).to.equal('cerberus-server backup: --output must be given\n');
    expect(await refused('export', '--format', 'parquet')).to.equal(
      'cerberus-server export: parquet needs --output\n',
    );
    expect(await refused('backup', '--db', 'none.duckdb', '--output', 'x')).to.equal(
      'cerberus-server backup: database none.duckdb does not exist\n',
    );
    expect([existsSync(join(folder, 'x')), existsSync(join(folder, 'none.duckdb'))]).to.deep.equal([
      false,
      false,
    ]);
  });

  it('answer 400 to parameters that are wrong, and 404 where there is no file', async () => {
    const { url } = await serve();
    expect((await call(`${url}/api/export?format=xml`)).status).to.equal(400);
    expect((await call(`${url}/api/export?since=yesterday`)).status).to.equal(400);
    const memory = await server({ db: ':memory:' });
    for (const path of ['/api/export', '/api/backup']) {
      expect((await call(`${memory.url}${path}`)).status).to.equal(404);
      expect((await call(`${url}${path}`, { headers: { authorization: '' } })).status).to.equal(401);
    }
  });
});

async function read(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** Adds events of the application `filled`, each of a latency above that of the one before. */
async function fill(db: string, events: number): Promise<void> {
  const instance = await DuckDBInstance.create(db);
  const connection = await instance.connect();
  await connection.run(
    `INSERT INTO events BY NAME
     SELECT 1000 + i AS id, '2025-03-01'::TIMESTAMP AS received_at, '2025-03-01'::TIMESTAMP AS event_time, 'filled' AS client_id,
            '/' || sha256(i::VARCHAR) AS endpoint, '{}' AS custom_data, i + 1.5 AS latency_ms, sha256('c' || i) AS source_ip, repeat(sha256('u' || i), 8) AS user_agent,
            'GET' AS method, left(sha256('t' || i), 32) AS trace_id FROM range(${events}) AS r(i)`,
  );
  connection.closeSync();
  instance.closeSync();
}
