import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { until, within } from '@cerberus-otel/test-support/deadline';
import { ask, startPostgres, useOwnPostgres, usePostgres } from './support/databases/postgres.js';
import { childrenOf, isAlive } from './support/processes/process-tree.js';

const child = fileURLToPath(new URL('./support/databases/engine-child.js', import.meta.url));

describe('PostgreSQL of the tests', function () {
  this.timeout(90_000);

  describe('that all suites share', () => {
    const freshDatabase = usePostgres();

    it('gives each test a database without a table, on one engine that writes through to the disk', async () => {
      const urls = [await freshDatabase(), await freshDatabase()];
      expect(new URL(urls[0] ?? '').port).to.equal(new URL(urls[1] ?? '').port);
      await ask(urls[0] ?? '', 'CREATE TABLE a (b int)');
      for (const [url, expected] of [
        [urls[0], 1],
        [urls[1], 0],
      ] as const) {
        const [row] = await ask<{ tables: number; fsync: string }>(
          url ?? '',
          `SELECT count(*)::int AS tables, current_setting('fsync') AS fsync
           FROM information_schema.tables WHERE table_schema = 'public'`,
        );
        expect(row).to.deep.equal({ tables: expected, fsync: 'on' });
      }
      expect(await startPostgres()).to.equal(await startPostgres());
    });
  });

  describe('of a suite', () => {
    const { engine, freshDatabase } = useOwnPostgres([`log_min_duration_statement = '77s'`]);

    it('has the settings that were asked for', async () => {
      const [row] = await ask<{ s: string }>(
        await freshDatabase(),
        `SELECT current_setting('log_min_duration_statement') AS s`,
      );
      expect(row?.s).to.equal('77s');
    });

    for (const how of ['stop', 'kill', 'restart'] as const) {
      it(`has what was committed after ${how}, and no process meanwhile`, async () => {
        const url = await freshDatabase();
        await ask(url, 'CREATE TABLE kept AS SELECT 7 AS n');
        const pid = engine().pid ?? 0;
        const all = [pid, ...childrenOf(pid)];
        expect(all.length).to.be.greaterThan(3);
        await engine()[how]();
        expect(all.filter(isAlive)).to.deep.equal([]);
        if (how !== 'restart') await engine().startAgain();
        expect(await ask(url, 'SELECT n FROM kept')).to.deep.equal([{ n: 7 }]);
      });
    }

    it('answers nobody while it is paused, and then the same connections', async () => {
      const url = await freshDatabase();
      engine().pause();
      const answer = ask(url, 'SELECT 1 AS n');
      const first = await Promise.race([answer, within('an answer', answer, 300).catch(() => 'none')]);
      engine().resume();
      expect(first).to.equal('none');
      expect(await answer).to.deep.equal([{ n: 1 }]);
    });
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`is gone with its files, its processes and its memory after ${signal} of the process that started it`, async () => {
      const starter = spawn(process.execPath, [child], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await within('an engine', once(starter.stdout, 'data'), 60_000)) as [Buffer];
      const { pid, data } = JSON.parse(line.toString()) as { pid: number; data: string };
      const all = [pid, ...childrenOf(pid)];
      expect(all.filter(isAlive)).to.deep.equal(all);
      const exited = once(starter, 'exit');
      starter.kill(signal);
      await exited;
      await until('its processes have ended', () => !all.some(isAlive), 30_000);
      await until('its folder is gone', () => !existsSync(dirname(data)), 30_000);
    });
  }
});
