// `cerberus-server dev`: an application on the page without any change to it.
import { expect } from 'chai';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from '../support/command.js';
import { send } from '../support/traffic.js';

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url));

describe('cerberus-server dev', function () {
  this.timeout(40_000);
  const commands: Command[] = [];
  let temporary: string;

  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'cerberus-dev-test-'));
  });

  afterEach(async () => {
    for (const command of commands.splice(0)) {
      // Not SIGKILL: the application must end too.
      command.kill('SIGTERM');
      await command.exited;
    }
    await rm(temporary, { recursive: true, force: true });
  });

  function dev(args: readonly string[], env: Record<string, string> = {}, cwd = APPS): Command {
    const command = new Command(['dev', ...args], { cwd, env: { TMPDIR: temporary, ...env } });
    commands.push(command);
    return command;
  }

  for (const app of ['plain-app.mjs', 'plain-app.cjs']) {
    it(`runs ${app}, passes its output on, ends with its code, and sums up what it served`, async () => {
      const run = dev(['--port', '0', '--client-id', 'mine', '--', process.execPath, app]);
      const page = await run.output('stderr', /page: (http:\S+)/);
      const port = await run.output('stdout', /"port":(\d+)/);
      const origin = `http://127.0.0.1:${port}`;
      for (const path of ['/a', '/a', '/fail']) await send(`${origin}${path}`);
      const read = async (path: string): Promise<Record<string, unknown>> =>
        (await fetch(new URL(path, page))).json() as Promise<Record<string, unknown>>;
      const deadline = performance.now() + 10_000;
      while ((await read('/api/summary?client_id=mine'))['requests'] !== 3) {
        if (performance.now() > deadline) throw new Error(`never saw the requests: ${run.stderr}`);
      }
      expect((await fetch(page)).headers.get('content-type')).to.match(/^text\/html/);
      await send(`${origin}/exit/3`);
      expect(await run.exited).to.equal(3);
      expect(run.stdout, 'nothing but the application').to.equal(`{"port":${port}}\n`);
      expect(run.stderr).to.include('the application says goodbye\n');
      expect(run.stderr).to.match(/cerberus: 4 requests, 1 error, 1 client\n/);
      expect(run.stderr).to.match(/cerberus: {3}GET \/a +2 requests {2}p95 [\d.]+ ms\n/);
      expect(await readdir(temporary), 'the temporary database').to.deep.equal([]);
    });
  }

  it('sums up what keeps data away, and says it only there', async () => {
    const run = dev(['--port', '0', '--no-register', '--', process.execPath, 'without-http.mjs']);
    const port = await run.output('stdout', /"port":(\d+)/);
    await send(`http://127.0.0.1:${port}/exit/0`);
    expect(await run.exited).to.equal(0);
    expect(run.stderr).to.match(
      /cerberus: No request was stored\.\ncerberus: missing: 1 request came in and none got/,
    );
    expect(run.stderr.match(/none got a SERVER span/g)).to.have.length(1);
  });

  it('is not led astray by settings of the reader for his own server', async () => {
    const env = {
      CERBERUS_SERVER_PORT: '1',
      CERBERUS_SERVER_TOKEN: 'other',
      CERBERUS_SERVER_HOST: '0.0.0.0',
      CERBERUS_WS_URL: 'wss://elsewhere.example/ws',
      CERBERUS_DISABLED: 'true',
      OTEL_SDK_DISABLED: 'true',
    };
    const run = dev(['--port', '0', '--', process.execPath, 'plain-app.mjs'], env);
    const port = await run.output('stdout', /"port":(\d+)/);
    await send(`http://127.0.0.1:${port}/exit/0`);
    expect(await run.exited).to.equal(0);
    expect(run.stderr).to.match(/1 request, 0 errors/);
  });

  it('gives the application no spool, in which another process may have left events for its own backend', async () => {
    const asks = 'process.stdout.write(String(process.env.CERBERUS_SPOOL_DIR))';
    const run = dev(['--port', '0', '--', process.execPath, '-e', asks], { CERBERUS_SPOOL_DIR: temporary });
    expect(await run.exited).to.equal(0);
    expect(run.stdout).to.equal('undefined');
  });

  it('refuses a name that is empty, as one of a variable that is not set', async () => {
    const run = dev(['--client-id', '', '--', process.execPath, 'plain-app.mjs']);
    expect(await run.exited).to.equal(1);
    expect(run.stderr).to.match(/'--client-id <id>' .*must not be empty/);
  });

  it('ends the application when it is told to end, and only then itself', async () => {
    const run = dev(['--port', '0', '--', process.execPath, 'plain-app.mjs']);
    const port = await run.output('stdout', /"port":(\d+)/);
    await send(`http://127.0.0.1:${port}/a`);
    run.kill('SIGTERM');
    expect(await run.exited).to.equal(128 + 15);
    expect(run.stderr, 'its last events were stored').to.match(/1 request, 0 errors/);
    expect(await readdir(temporary)).to.deep.equal([]);
  });

  describe('when port 8765 may be in use', () => {
    let other: Server;

    beforeEach(async () => {
      other = createServer();
      // Whoever has it: what counts is that it is taken.
      await new Promise<void>((resolve) => {
        other.once('error', () => resolve());
        other.listen(8765, '127.0.0.1', resolve);
      });
    });

    afterEach(() => void other.close());

    it('takes a free one, but not where a port was asked for', async () => {
      const run = dev(['--', process.execPath, 'plain-app.mjs']);
      const page = await run.output('stderr', /page: http:\/\/127\.0\.0\.1:(\d+)/);
      expect(page).not.to.equal('8765');
      const port = await run.output('stdout', /"port":(\d+)/);
      await send(`http://127.0.0.1:${port}/exit/0`);
      expect(await run.exited).to.equal(0);
      expect(run.stderr).to.match(/1 request, 0 errors/);
      const fixed = dev(['--port', '8765', '--', process.execPath, 'plain-app.mjs']);
      expect(await fixed.exited).to.equal(1);
      expect(fixed.stderr).to.equal('cerberus: port 8765 on 127.0.0.1 is in use\n');
    });
  });

  it('says what is missing where the set-up is not installed', async () => {
    const run = dev(['--', process.execPath, 'app.js'], { NODE_PATH: '' }, temporary);
    expect(await run.exited).to.equal(1);
    // That alone: `register` needs no SDK.
    expect(run.stderr).to.match(
      /@cerberus-otel\/instrumentation is not installed .*\n.*npm install @cerberus-otel\/instrumentation\n/,
    );
  });

  it('ends with 127 when there is no such command', async () => {
    const run = dev(['--port', '0', '--', 'no-such-command-of-anybody']);
    expect(await run.exited).to.equal(127);
    expect(run.stderr).to.include('there is no command `no-such-command-of-anybody`');
  });
});
