import { expect } from 'chai';
import { isAlive, Suites } from './runner.js';
import { until } from '@cerberus-otel/test-support/deadline';

/** Long enough for mocha to start and to come to what never ends, also on a loaded machine. */
const LIMIT_MILLIS = 8_000;
/** Mocha, two children and a grandchild of each. */
const PROCESSES = 5;
/** Never ends, and leaves files where the runner has its own all the time, as a suite of many short tests does. */
const WRITING = `
  const { writeFileSync } = require('node:fs');
  const { dirname, join } = require('node:path');
  describe('a suite that writes', () => {
    it('never ends', async function () {
      this.timeout(0);
      for (let count = 0; ; count += 1) {
        writeFileSync(join(dirname(process.env.SUMMARY_FILE), String(count % 500)), '');
        if (count % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
  });`;
const PASSING = `describe('another suite', () => { it('passes', () => {}); });`;

describe('the runner of the tests', function () {
  this.timeout(60_000);
  let suites: Suites;

  beforeEach(() => {
    suites = new Suites();
  });
  afterEach(() => suites.remove());

  /** A suite that never ends, like its children and grandchildren, which hold its pipes; one child leads a group of its own. */
  function endless(wait: string): string {
    const file = JSON.stringify(suites.pidFile);
    const noted = `require('node:fs').appendFileSync(${file}, process.pid + '\\n');`;
    const grandchild = `${noted} setInterval(() => {}, 1000);`;
    const child = `${grandchild} require('node:child_process')
      .spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' });`;
    return `
      const { readFileSync } = require('node:fs');
      const { spawn } = require('node:child_process');
      ${noted}
      describe('a suite', () => {
        it('passes first', () => {});
        it('fails then', () => { throw new Error('the cause of it all'); });
        it('never ends', async function () {
          this.timeout(0);
          for (const detached of [false, true])
            spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit', detached });
          while (readFileSync(${file}, 'utf8').trim().split('\\n').length < ${PROCESSES})
            await new Promise((resolve) => setTimeout(resolve, 10));
          ${wait}
        });
      });`;
  }

  for (const { name, wait } of [
    { name: 'waits for ever', wait: 'await new Promise(() => {});' },
    { name: 'is busy for ever', wait: 'for (;;);' },
  ]) {
    it(`ends a suite that ${name}, with all that it started, says what it did so far and counts it as failed`, async () => {
      const hangs = suites.add('hangs', { endless: endless(wait) });
      const ended = await suites.run([hangs], LIMIT_MILLIS);
      expect(suites.pids).to.have.length(PROCESSES);
      await until('all processes are gone', () => !suites.pids.some(isAlive));
      expect(ended.output).to.match(/=== hangs\n/);
      expect(ended.output).to.include('passes first').and.to.include('fails then');
      expect(ended.output).to.include('hangs was ended after 8 s in: a suite › never ends');
      expect(ended.output.split('\n').slice(-5)).to.deep.equal([
        'failed: hangs › a suite › fails then: the cause of it all',
        'failed: hangs › was ended after 8 s in: a suite › never ends',
        '',
        '1 passed, 2 failed',
        '',
      ]);
      expect(ended.code).to.equal(1);
      if (name.startsWith('waits')) expect(ended.output).to.include('Error: the cause of it all');
    });
  }

  it('runs the other workspaces to their end and counts them', async () => {
    const hangs = suites.add('hangs', { endless: endless('await new Promise(() => {});') });
    const ended = await suites.run([hangs, suites.add('fine', { passing: PASSING })], LIMIT_MILLIS);
    expect(ended.output).to.match(/=== fine\n[^=]* 1 passing/);
    expect(ended.output).to.include('Error: the cause of it all');
    expect(ended.output).to.include('hangs was ended after 8 s');
    expect(ended.output).to.match(/\n2 passed, 2 failed\n$/);
    expect(ended.code).to.equal(1);
    await until('all processes are gone', () => !suites.pids.some(isAlive));
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`leaves no process behind when it gets ${signal}, and says what was said so far`, async () => {
      const hangs = suites.add('hangs', { endless: endless('await new Promise(() => {});') });
      const ended = await suites.run(
        [hangs, suites.add('writes', { writing: WRITING })],
        50_000,
        async (pid) => {
          await until('all processes run', () => suites.pids.length === PROCESSES);
          process.kill(pid, signal);
        },
      );
      expect(ended.signal).to.equal(signal);
      expect(ended.output).to.include('passes first').and.to.include('fails then');
      await until('all processes are gone', () => !suites.pids.some(isAlive));
    });
  }

  it('counts a suite that dies, or cannot be loaded, as failed', async () => {
    const dies = suites.add('dies', {
      dying: `describe('a suite', () => { it('dies', () => process.kill(process.pid, 'SIGKILL')); });`,
    });
    const broken = suites.add('broken', { broken: 'throw new Error("broken from the start");' });
    const ended = await suites.run([dies, broken]);
    expect(ended.output).to.include('dies died in: a suite › dies');
    expect(ended.output).to.include('broken from the start');
    expect(ended.output).to.include('broken died in: the loading of its files');
    expect(ended.output).to.match(/\n0 passed, 2 failed\n$/);
    expect(ended.code).to.equal(1);
  });
});
