// The scripts of the repository, as somebody calls them who makes a mistake, or has enough of them.
import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { isAlive } from './runner.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Processes that a process has started, and that run, with their command lines. */
function childrenOf(pid: number): { readonly pid: number; readonly command: readonly string[] }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== pid) return [];
        return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0') }];
      } catch {
        return []; // It has just ended.
      }
    });
}

describe('the scripts', function () {
  this.timeout(90_000);

  for (const { call, said } of [
    { call: 'fill.mjs', said: '--db takes a new file' },
    { call: 'fill.mjs --db package.json', said: '--db takes a new file' },
    { call: 'fill.mjs --db new.duckdb --events 1.5', said: '--events takes a whole number from 1' },
    { call: 'fill.mjs --db new.duckdb --days x', said: '--days takes a number above 0' },
    { call: 'measure-reads.mjs', said: '--db takes a file that is there' },
    { call: 'measure-reads.mjs --db new.duckdb', said: '--db takes a file that is there' },
    { call: 'measure-reads.mjs --db package.json --rounds 0', said: '--rounds takes a whole number from 1' },
    { call: 'measure-questions.mjs --db new.duckdb', said: '--db takes a file that is there' },
    { call: 'measure-questions.mjs --rounds many', said: '--rounds takes a whole number from 1' },
    { call: 'measure-questions.mjs --bd new.duckdb', said: "Unknown option '--bd'" },
    { call: 'five-minutes.mjs Koa', said: 'takes Express, Fastify, NestJS, or nothing for all of them' },
  ]) {
    it(`refuse what they cannot do in a line, and make no file of it: ${call}`, () => {
      const [script = '', ...args] = call.split(' ');
      const ended = spawnSync(process.execPath, [`scripts/${script}`, ...args], {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 30_000,
      });
      expect(ended.stderr.split('\n')).to.deep.equal([`${script}: ${said}`, '']);
      expect({ status: ended.status, stdout: ended.stdout }).to.deep.equal({ status: 2, stdout: '' });
      expect(existsSync(join(ROOT, 'new.duckdb'))).to.equal(false);
    });
  }

  /** Starts a script, and ends it by a signal when `begun` finds what it must not leave behind. @returns that */
  async function interrupted<T>(args: readonly string[], begun: (pid: number) => T, temporary = tmpdir()) {
    const script = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: temporary },
      stdio: 'ignore',
    });
    const { pid = 0 } = script;
    const exited = once(script, 'exit');
    afterTest(() => script.kill('SIGKILL'));
    const found = await until('it has begun', () => begun(pid));
    const children = childrenOf(pid);
    script.kill('SIGTERM');
    expect(await exited).to.deep.equal([null, 'SIGTERM']);
    await until('its processes are gone', () => !children.some((child) => isAlive(child.pid)));
    expect(children).to.not.deep.equal([]);
    return found;
  }

  it('that fill a database leave none behind when they are interrupted, in memory or on disk', async () => {
    const file = await interrupted(['scripts/measure-questions.mjs', '--events', '3000000'], (pid) =>
      childrenOf(pid)
        .flatMap(({ command }) => command)
        .find((word) => word.endsWith('filled.duckdb') && existsSync(word)),
    );
    expect(existsSync(dirname(file))).to.equal(false);
  });

  it('that weaken a copy of a package leave none behind when they are interrupted', async () => {
    const copies = join(ROOT, 'packages/exporter-ws/.teeth');
    await interrupted(
      ['scripts/teeth.mjs', 'window dropped on disconnect, event mode'],
      (pid) => existsSync(copies) && childrenOf(pid).length > 0,
    );
    expect(existsSync(copies)).to.equal(false);
  });

  it('that go the way of a newcomer leave no folder behind when they are interrupted', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'cerberus-scripts-'));
    afterTest(() => rmSync(temporary, { recursive: true }));
    await interrupted(
      ['scripts/five-minutes.mjs', 'Express'],
      (pid) => readdirSync(temporary).length > 0 && childrenOf(pid).length > 0,
      temporary,
    );
    expect(readdirSync(temporary).filter((name) => name.startsWith('cerberus-five-'))).to.deep.equal([]);
  });
});
