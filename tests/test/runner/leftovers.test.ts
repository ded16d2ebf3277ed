import { expect } from 'chai';
import { isAlive, Suites } from './runner.js';

const DISPOSAL = import.meta.resolve('@cerberus-otel/test-support/disposal');

/** A suite of one test, after which `cleanUp` runs. */
function suite(body: string, cleanUp = ''): string {
  return `
    const { spawn } = require('node:child_process');
    const { once } = require('node:events');
    const { connect, createServer } = require('node:net');
    const { appendFileSync } = require('node:fs');
    let server, child, timer, socket;
    describe('a suite', () => {
      it('passes', async () => { ${body} });
      after(() => { ${cleanUp} });
    });`;
}

const SERVER = `server = createServer().listen(0, '127.0.0.1'); await once(server, 'listening');`;
const CHILD = `child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });`;

describe('what a test file leaves open', function () {
  this.timeout(60_000);
  let suites: Suites;

  beforeEach(() => {
    suites = new Suites();
  });
  afterEach(() => suites.remove());

  it('is nothing when its hooks close it, though a test fails', async () => {
    const fails = `${SERVER} ${CHILD} timer = setInterval(() => {}, 1000); throw new Error('on purpose');`;
    const cleanUp = 'server.close(); child.kill(); clearInterval(timer);';
    const run = await suites.run([suites.add('leftovers', { clean: suite(fails, cleanUp) })]);
    expect(run.output).to.not.include('left behind');
    expect(run.output).to.match(/\n0 passed, 1 failed\n$/);
  });

  it('is nothing when it was told what to do after the test, though a test fails, another hangs, and one closes it itself', async () => {
    const opened = `${SERVER} afterTest(() => server.close()); ${CHILD} afterTest(() => child.kill());`;
    const source = `
      const { spawn } = require('node:child_process');
      const { once } = require('node:events');
      const { createServer } = require('node:net');
      let server, child, afterTest;
      const closed = [];
      // It adds hooks to the whole run, as it does where test files import it.
      before(async () => ({ afterTest } = await import(${JSON.stringify(DISPOSAL)})));
      describe('a suite', () => {
        it('fails', async () => { ${opened} throw new Error('on purpose'); });
        it('hangs', async function () { this.timeout(500); ${opened} await new Promise(() => {}); });
        it('closes', async () => { ${opened} server.close(); child.kill(); });
        it('opens one after the other', () => { for (const n of [1, 2, 3]) afterTest(() => closed.push(n)); });
        it('and closes the newest first', () => require('node:assert').deepEqual(closed, [3, 2, 1]));
        it('fails with what closes it, and then closes the rest', async () => {
          ${opened}
          afterTest(() => Promise.reject(new Error('does not close')));
        });
      });`;
    const run = await suites.run([suites.add('leftovers', { disposal: source })]);
    expect(run.output).to.not.include('left behind');
    expect(run.output).to.match(/"after each" hook[^]*Error: does not close/);
    expect(run.output).to.match(/\n4 passed, 3 failed\n$/);
  });

  for (const { what, body, said } of [
    { what: 'a server', body: SERVER, said: /- a server that listens on port \d+/ },
    {
      what: 'a server that keeps no process alive',
      body: `${SERVER} server.unref();`,
      said: /- a server that/,
    },
    { what: 'a child process', body: CHILD, said: /- the child process \d+ \(\S*node\)/ },
    { what: 'a child process on its own', body: `${CHILD} child.unref();`, said: /- the child process \d+/ },
    {
      what: 'both ends of a connection',
      body: `${SERVER} socket = connect(server.address().port, '127.0.0.1'); await once(socket, 'connect'); server.close();`,
      said: /- a connection to \d+[^]*- a connection that a server accepted on \d+/,
    },
    {
      what: 'a worker thread',
      body: `new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true });`,
      said: /- the worker thread 1/,
    },
    { what: 'a timer', body: 'timer = setInterval(() => {}, 1000);', said: /- 1 × Timeout/ },
  ]) {
    it(`fails the run, and is named with the file: ${what}`, async () => {
      const left = suites.add('leftovers', {
        'a-leaves': suite(
          `${body} if (child) appendFileSync(${JSON.stringify(suites.pidFile)}, child.pid + '\\n');`,
        ),
        'b-clean': suite(SERVER, 'server.close();'),
      });
      const run = await suites.run([left]);
      expect(run.output).to.match(said);
      expect(run.output).to.include(`leftovers/test-dist/a-leaves.test.js left behind what it opened`);
      if (what !== 'a timer') expect(run.output).to.match(/opened at \S*a-leaves\.test\.js:\d+/);
      expect(run.output).to.not.include('b-clean.test.js left');
      // The other file is run as well, and mocha ends by itself.
      expect(run.output)
        .to.match(/\n2 passed, 1 failed\n$/)
        .and.to.not.match(/was ended|died/);
      expect(run.code).to.equal(1);
      expect(suites.pids.some(isAlive)).to.equal(false);
    });
  }

  it('is found also when the last suite of the file is skipped', async () => {
    const skipped = `describe.skip('another suite', () => { it('is not run', () => {}); });`;
    const run = await suites.run([
      suites.add('leftovers', {
        'a-leaves': suite(SERVER) + skipped,
        'b-clean': suite(SERVER, 'server.close();'),
      }),
    ]);
    expect(run.output).to.include('leftovers/test-dist/a-leaves.test.js left behind what it opened');
    expect(run.output).to.match(/\n2 passed, 1 failed, 1 skipped\n$/);
  });
});
