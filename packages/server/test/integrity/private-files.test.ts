// Promise: what the server keeps is readable for its owner only, and no copy of it is left behind.

import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, START, wireEvent } from '../support/events/events.js';
import { randomEvent, seededRandom } from '../support/events/random-events.js';
import { smallDisk } from '../support/databases/small-disk.js';
import { spawnServer, type ServerProcess } from '../support/processes/server-process.js';
import { tempFolder } from '../support/temp-folder.js';

const TOKEN = 'private';
const LIMITS = { memoryLimit: '256MB', threads: 1 };
const OWN = {
  'x.duckdb': '600',
  'x.duckdb.wal': '600',
  'x.duckdb.acknowledged': '600',
  // Where it puts what does not fit into memory.
  'x.duckdb.tmp': '700',
};
const HEADERS = { authorization: `Bearer ${TOKEN}` };

describe('files of the server', () => {
  let folder: string;
  let db: string;

  beforeEach(function () {
    if (process.platform === 'win32') this.skip();
    folder = tempFolder();
    db = join(folder, 'x.duckdb');
  });

  const modes = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]),
    );
  const start = async (umask?: string): Promise<{ process: ServerProcess; url: string }> => {
    const process = spawnServer(['--port', '0', '--db', db, '--token', TOKEN], {}, { umask });
    const url = (await process.url) ?? '';
    expect(url, process.output().stderr).to.match(/^http/);
    return { process, url };
  };
  const fill = async (events: number): Promise<DuckDbStore> => {
    const store = await DuckDbStore.open(db, LIMITS);
    const random = seededRandom(3);
    for (let stored = 0; stored < events; stored += 4000) {
      const each = Array.from({ length: Math.min(4000, events) }, () =>
        randomEvent(random, START, START + 1000),
      );
      await store.append(append({ seq: null, events: each }));
    }
    return store;
  };

  it('S7 are for their owner only, with umask 000', async () => {
    const { process, url } = await start('000');
    const body = JSON.stringify({ events: [{ ...wireEvent(), client_id: 'x' }] });
    await fetch(`${url}/v1/ingest/batch`, { method: 'POST', headers: HEADERS, body });
    expect(modes()).to.deep.equal({ ...OWN, 'x.duckdb.secret-key': '600' });
    process.child.kill('SIGKILL');
    await process.ended;
  });

  it('S7 are for their owner only, as a library too, and where they were not before', async () => {
    const umask = process.umask(0);
    afterTest(() => process.umask(umask));
    await (await fill(1)).close();
    expect(modes()).to.not.have.property('x.duckdb.tmp');
    chmodSync(db, 0o666);
    mkdirSync(`${db}.tmp`);
    const store = await fill(1);
    expect(modes()).to.deep.equal(OWN);
    await store.archive.backup(join(folder, 'copy'));
    await store.close();
    expect(modes()['x.duckdb']).to.equal('600');
  });

  it('S7 are without the copy that a killed server was making, from the next start on', async function () {
    this.timeout(60_000);
    await (await fill(40_000)).close();
    const others = join(folder, '.y.duckdb.copy-abc');
    mkdirSync(others);
    const first = await start();
    const copies = (): readonly string[] =>
      readdirSync(folder).filter((name) => name.startsWith('.x.duckdb.copy-'));
    const backup = fetch(`${first.url}/api/backup`, { headers: HEADERS }).catch(() => undefined);
    await until('a copy is being made', () => {
      const [copy] = copies();
      return copy !== undefined && existsSync(join(folder, copy, 'cerberus.duckdb'));
    });
    first.process.child.kill('SIGKILL');
    await within('its end', Promise.all([first.process.ended, backup]));
    expect(copies()).to.have.length(1);
    await start();
    expect(copies()).to.deep.equal([]);
    expect(existsSync(others)).to.equal(true);
  });

  it('keep no server from its database where such a copy cannot be removed yet', async function () {
    const left = join(folder, '.x.duckdb.copy-abc', 'in use');
    mkdirSync(left, { recursive: true });
    const disk = smallDisk(1, left);
    if (disk === undefined) return this.skip();
    await (await fill(1)).close();
    expect(existsSync(left)).to.equal(true);
    disk.remove();
    await (await fill(1)).close();
    expect(existsSync(join(folder, '.x.duckdb.copy-abc'))).to.equal(false);
  });
});
