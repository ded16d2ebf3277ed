// Promise: a start that finds less than was acknowledged says so. DuckDB does not: to it, a log that ends too early is one whose
// last commit was not finished.

import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { append, storeEvent } from '../support/events/events.js';
import { call, server } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

const COMMITS = 5;
const EVENTS = 10;
const LIMITS = { memoryLimit: '256MB', threads: 1 };

describe('a database that was killed', () => {
  let folder: string;
  let sizes: number[];
  const copy = (): string => join(folder, 'copy.duckdb');

  /** Its files as they were after the last commit; the number of what was acknowledged as after some commit. */
  async function killed(acknowledged = COMMITS): Promise<void> {
    folder = tempFolder();
    sizes = [];
    const path = join(folder, 'x.duckdb');
    const store = await DuckDbStore.open(path, LIMITS);
    for (let commit = 1; commit <= COMMITS; commit += 1) {
      const events = Array.from({ length: EVENTS }, () => storeEvent({ timestamp: Date.now() }));
      await store.append(append({ seq: commit, receivedAt: Date.now(), events }));
      sizes.push(statSync(`${path}.wal`).size);
      if (commit === acknowledged) copyFileSync(`${path}.acknowledged`, `${copy()}.acknowledged`);
    }
    copyFileSync(path, copy());
    copyFileSync(`${path}.wal`, `${copy()}.wal`);
    await store.close();
  }

  async function started(): Promise<{ requests: unknown; lines: readonly string[] }> {
    const lines: string[] = [];
    const running = await server({ db: copy(), log: (level, line) => lines.push(`${level} ${line}`) });
    const { requests } = (await call(`${running.url}/api/summary`)).body;
    await running.close();
    return { requests, lines: lines.filter((line) => line.includes('lacks')) };
  }

  const line = (events: number): string =>
    `error the database lacks the last ${events} acknowledged events: its write-ahead log was cut off, or the file replaced by an older one`;

  it('S8 says nothing when all that was acknowledged is there', async () => {
    await killed();
    expect(await started()).to.deep.equal({ requests: 50, lines: [] });
    expect(await started()).to.deep.equal({ requests: 50, lines: [] });
  });

  it('S8 says how much is missing where the log was cut off between or within commits', async () => {
    for (const within of [0, 7]) {
      await killed();
      truncateSync(`${copy()}.wal`, (sizes[2] ?? 0) + within);
      expect(await started()).to.deep.equal({ requests: 30, lines: [line(20)] });
    }
  });

  it('S8 says how much is missing where the log is gone', async () => {
    await killed();
    rmSync(`${copy()}.wal`);
    expect(await started()).to.deep.equal({ requests: 0, lines: [line(50)] });
  });

  it('S8 says nothing of a commit that was not acknowledged', async () => {
    await killed(COMMITS - 1);
    truncateSync(`${copy()}.wal`, (sizes.at(-1) ?? 0) - 5);
    expect(await started()).to.deep.equal({ requests: 40, lines: [] });
  });

  it('S8 says it no more when something has been stored since, and stores what comes', async () => {
    await killed();
    truncateSync(`${copy()}.wal`, sizes[2] ?? 0);
    const store = await DuckDbStore.open(copy(), LIMITS);
    expect(store.missingEvents).to.equal(20);
    // The exporter has let go of frames 4 and 5.
    expect(await store.append(append({ seq: 6 }))).to.deep.equal({ status: 'stored', skipped: 2 });
    await store.close();
    expect((await started()).lines).to.deep.equal([]);
  });
});
