import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** Starts a server that is to be measured, says so, and waits. */
const PARENT = `
  const { Child } = await import(${JSON.stringify(new URL('../dist/harness/child.js', import.meta.url).href)});
  const child = await Child.start('server/process.js', []);
  process.stdout.write(child.pid + '\\n');
  setInterval(() => {}, 1000);
`;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('benchmarks that are interrupted', function () {
  this.timeout(60_000);

  for (const { what, signal, group } of [
    { what: 'Ctrl-C, which reaches all of them', signal: 'SIGINT', group: true },
    { what: 'a signal to the first of them', signal: 'SIGTERM', group: false },
    { what: 'its sudden death', signal: 'SIGKILL', group: false },
  ] as const) {
    it(`leave neither a process nor a database behind: ${what}`, async () => {
      const temporary = mkdtempSync(join(tmpdir(), 'cerberus-interruption-'));
      afterTest(() => rmSync(temporary, { recursive: true }));
      const parent = spawn(process.execPath, ['--input-type=module', '--eval', PARENT], {
        detached: true,
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(parent, 'close');
      afterTest(() => parent.kill('SIGKILL'));
      const child = Number(String(await once(parent.stdout, 'data')));
      expect(readdirSync(temporary)).to.have.length(1);
      process.kill(group ? -(parent.pid ?? 0) : (parent.pid ?? 0), signal);
      await exited;
      await until('the server is gone', () => !exists(child));
      expect(readdirSync(temporary)).to.deep.equal([]);
    });
  }
});
