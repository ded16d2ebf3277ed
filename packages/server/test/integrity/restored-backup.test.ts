// Promise: a backup that is put in the place of a database is what was backed up, or is refused: it never takes up the log of the database
// that it replaces.

import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { CerberusServerError } from '../../dist/errors.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { append, storeEvent } from '../support/events/events.js';
import { tempFolder } from '../support/temp-folder.js';

const LIMITS = { memoryLimit: '256MB', threads: 1 };

describe('a backup in the place of a database that was killed', () => {
  let path: string;
  const log = (): string => `${path}.wal`;
  const backup = (): string => `${path}.backup`;
  const killed = (): string => `${path}.killed`;

  beforeEach(async () => {
    path = join(tempFolder(), 'x.duckdb');
    const store = await DuckDbStore.open(path, LIMITS);
    await store.append(append({ seq: 1, events: [storeEvent({ endpoint: '/before' })] }));
    await store.archive.backup(backup());
    await kill(store, '/after');
    copyFileSync(backup(), path);
    copyFileSync(`${killed()}.wal`, log());
  });

  /** Stores one more event, and keeps the files as a process that is killed then leaves them. */
  async function kill(store: DuckDbStore, endpoint: string): Promise<void> {
    await store.append(append({ seq: 2, events: [storeEvent({ endpoint })] }));
    copyFileSync(path, killed());
    copyFileSync(log(), `${killed()}.wal`);
    await store.close();
  }

  async function refusal(): Promise<CerberusServerError> {
    return DuckDbStore.open(path, LIMITS).then(
      () => expect.fail('it was opened'),
      (error: CerberusServerError) => error,
    );
  }

  async function stored(): Promise<readonly string[]> {
    const store = await DuckDbStore.open(path, LIMITS);
    const events = await store.events({ limit: 10, order: 'oldest' });
    await store.close();
    return events.map(({ endpoint }) => endpoint);
  }

  it('S29 is refused while the log of the other one lies beside it, and both stay as they are', async () => {
    const error = await refusal();
    expect(error).to.include({ code: 'DB_CORRUPT' });
    expect(error.message).to.equal(
      `${path}.wal is not the log of database ${path}: it was replaced by a backup; move the log away, or put back the file it belongs to`,
    );
    expect(readFileSync(path).equals(readFileSync(backup()))).to.equal(true);
    expect(readFileSync(log()).equals(readFileSync(`${killed()}.wal`))).to.equal(true);
  });

  it('S29 is what was backed up once the log is gone', async () => {
    rmSync(log());
    expect(await stored()).to.deep.equal(['/before']);
  });

  it('S29 is a database as any other from its first start on, and keeps what its own log holds', async () => {
    rmSync(log());
    await kill(await DuckDbStore.open(path, LIMITS), '/later');
    copyFileSync(killed(), path);
    copyFileSync(`${killed()}.wal`, log());
    expect(await stored()).to.deep.equal(['/before', '/later']);
  });

  it('S29 is a database as any other where its first start was killed before it had taken it over', async () => {
    rmSync(log());
    const taking = `
      const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve('@duckdb/node-api'))});
      const connection = await (await DuckDBInstance.create(':memory:', { checkpoint_threshold: '256MB' })).connect();
      await connection.run("ATTACH '${path}' AS taken");
      await connection.run('DROP TABLE taken.untouched_backup');
      process.kill(process.pid, 'SIGKILL');`;
    spawnSync(process.execPath, ['--input-type=module', '--eval', taking]);
    expect(statSync(log()).size).to.be.above(0);
    expect(await stored()).to.deep.equal(['/before']);
    expect(await stored()).to.deep.equal(['/before']);
  });

  it('S29 leaves the log to the database that it belongs to', async () => {
    await refusal();
    copyFileSync(killed(), path);
    expect(await stored()).to.deep.equal(['/before', '/after']);
  });
});
