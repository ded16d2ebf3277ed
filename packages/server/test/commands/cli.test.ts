import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { wireEvent } from '../support/events/events.js';
import { spawnServer, type ServerProcess } from '../support/processes/server-process.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

const LAUNCHER = fileURLToPath(new URL('../../bin/cerberus-server.mjs', import.meta.url));

describe('cerberus-server', () => {
  const processes: ServerProcess[] = [];
  let folder: string;

  function run(args: readonly string[], env: Record<string, string> = {}): ServerProcess {
    const started = spawnServer(args, env, { cwd: folder });
    processes.push(started);
    return started;
  }

  async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const started = run(args, env);
    const { code } = await within('the command to end', started.ended, 15_000);
    expect(code).to.equal(1);
    expect(started.output().stdout).to.equal('');
    return started.output().stderr;
  }

  beforeEach(() => {
    folder = tempFolder();
  });

  afterEach(async () => {
    for (const started of processes) started.child.kill('SIGKILL');
    await Promise.all(processes.splice(0).map((started) => started.ended));
    removeTempFolders();
  });

  it('prints where it listens, where the token is, and lines that can be pasted into a shell', async () => {
    const started = run(['--port', '0']);
    const url = await started.url;
    const { stdout } = started.output();
    const file = /token +in (\S+)/.exec(stdout)?.[1] ?? '';
    const token = readFileSync(file, 'utf8').trim();
    const lines = [...stdout.matchAll(/^ *export (\w+)=.+$/gm)];
    const pasted = lines.map(([line]) => line).join('\n');
    const names = lines.map(([, name]) => name);
    const print = names.map((name) => `echo "$${name}"`).join('\n');
    const values = spawnSync('sh', ['-ec', `${pasted}\n${print}`], { encoding: 'utf8' }).stdout.split('\n');
    expect(Object.fromEntries(names.map((name, index) => [name, values[index]]))).to.deep.equal({
      CERBERUS_WS_URL: `${url?.replace('http', 'ws')}/ws/events`,
      CERBERUS_TOKEN: token,
      CERBERUS_CLIENT_ID: 'my-app',
      CERBERUS_BACKEND_URL: url,
    });
    const answer = await fetch(`${url}/api/secret-key`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).to.equal(200);
    expect(started.output().stderr, 'the banner says it, the log need not').to.equal('');
  });

  it('is ended by a second signal, be it another one, where a connection holds up its end', async () => {
    const started = run(['--port', '0', '--shutdown-timeout-millis', '300000']);
    const { port } = new URL((await started.url) ?? '');
    const socket = connect(Number(port), '127.0.0.1');
    afterTest(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHo');
    await within('an answer', once(socket, 'data'));
    started.child.kill('SIGTERM');
    const isRefused = (): Promise<boolean> =>
      new Promise((resolve) => {
        const probe = connect(Number(port), '127.0.0.1');
        probe.once('error', () => resolve(true));
        probe.once('connect', () => {
          probe.destroy();
          resolve(false);
        });
      });
    await until('it takes no more connections', isRefused);
    started.child.kill('SIGINT');
    expect(await within('the process to end', started.ended)).to.deep.equal({ code: null, signal: 'SIGINT' });
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops on ${signal} with exit code 0, closes connections with 1001 and keeps what it stored`, async () => {
      const args = ['--port', '0', '--db', 'x.duckdb', '--token', 't'];
      const started = run(args);
      const client = await WsClient.batch(`${(await started.url)?.replace('http', 'ws')}/ws/events`, 't');
      client.frame(1, wireEvent(), wireEvent());
      await client.next();
      started.child.kill(signal);
      expect((await client.ended()).code).to.equal(1001);
      expect(await within('the command to end', started.ended)).to.deep.equal({ code: 0, signal: null });
      const again = await run(args).url;
      const answer = await fetch(`${again}/api/summary`, { headers: { authorization: 'Bearer t' } });
      expect(await answer.json()).to.include({ requests: 2 });
    });
  }

  it('goes on where nobody looks at it and SIGHUP comes, as after nohup, and says that it changes nothing', async () => {
    const started = run(['--port', '0']);
    const url = await started.url;
    for (const times of [1, 2]) {
      started.child.kill('SIGHUP');
      const said = (): number => started.output().stderr.split('SIGHUP changes nothing').length - 1;
      await until('it says so', () => said() === times);
    }
    expect((await fetch(`${url}/livez`)).status).to.equal(200);
  });

  it('stops as on SIGTERM when its terminal is closed', async () => {
    // Its terminal is that of its standard output; what it says last goes where it can still be read.
    const command = `exec '${process.execPath}' '${LAUNCHER}' --port 0 --db x.duckdb --token t 2>said`;
    const terminal = spawn('script', ['-qfc', command, 'shown'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    afterTest(() => terminal.kill('SIGKILL'));
    const read = (name: string): string =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
    await until('it listens', () => read('shown').includes('CERBERUS_BACKEND_URL'));
    terminal.kill('SIGKILL');
    await until('it has stopped', () => read('said').includes('info: stopped'));
  });

  it('says in one line what Node.js warns of, which is an object where lines are', async () => {
    // The driver of PostgreSQL warns of this mode, in a text of eight lines.
    const store = 'postgres://user@127.0.0.1:1/cerberus?sslmode=require';
    const said = await refused([
      '--log-format',
      'json',
      '--token',
      't',
      '--secret-key',
      'k',
      '--store',
      store,
    ]);
    const lines = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; message: string });
    expect(lines.map(({ level }) => level)).to.deep.equal(['warn', 'error']);
    expect(lines[0]?.message).to.match(/^Warning: .*verify-full/);
  });

  it('takes options from the environment, and from the command line first', async () => {
    const env = {
      CERBERUS_SERVER_PORT: '0',
      CERBERUS_SERVER_TOKEN: 'from-env',
      CERBERUS_SERVER_DB: ':memory:',
      CERBERUS_SERVER_SECRET_KEY: 'key-from-env',
    };
    const url = await run(['--token', 'from-line'], env).url;
    const answer = await fetch(`${url}/api/secret-key`, { headers: { authorization: 'Bearer from-line' } });
    expect(await answer.json()).to.deep.equal({ secret_key: 'key-from-env' });
  });

  it('warns when other machines can reach it without TLS', async () => {
    const started = run(['--port', '0', '--db', ':memory:', '--host', '0.0.0.0']);
    await started.url;
    await within(
      'the warning',
      (async () => {
        while (!started.output().stderr.includes('without TLS'))
          await new Promise((resolve) => setTimeout(resolve, 10));
      })(),
    );
  });

  it('says in one line that the port is in use', async () => {
    const blocker = createServer();
    afterTest(() => blocker.close());
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', () => resolve()));
    const { port } = blocker.address() as AddressInfo;
    expect(await refused(['--port', String(port)])).to.equal(
      `cerberus-server: port ${port} on 127.0.0.1 is in use\n`,
    );
  });

  it('says in one line that the database is in use', async () => {
    await run(['--port', '0', '--db', 'x.duckdb']).url;
    const stderr = await refused(['--port', '0', '--db', 'x.duckdb']);
    expect(stderr).to.equal('cerberus-server: database x.duckdb is in use by another process\n');
  });

  it('says in one line that the file is no database', async () => {
    writeFileSync(join(folder, 'x.duckdb'), 'x'.repeat(20_000));
    const stderr = await refused(['--port', '0', '--db', 'x.duckdb']);
    expect(stderr).to.match(/^cerberus-server: database x\.duckdb cannot be read: [^\n]+\n$/);
  });

  it('says in one line that the write-ahead log is damaged, and leaves it as it is', async () => {
    const args = ['--port', '0', '--db', 'x.duckdb', '--token', 't'];
    const started = run(args);
    const client = await WsClient.batch(`${(await started.url)?.replace('http', 'ws')}/ws/events`, 't');
    client.frame(1, ...Array.from({ length: 50 }, () => wireEvent()));
    await client.next();
    started.child.kill('SIGKILL');
    await started.ended;
    const wal = join(folder, 'x.duckdb.wal');
    const bytes = readFileSync(wal);
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 64);
    writeFileSync(wal, bytes);
    expect(await refused(args)).to.match(/^cerberus-server: database x\.duckdb cannot be read: [^\n]+\n$/);
    expect(readFileSync(wal)).to.deep.equal(bytes);
  });

  it('has a flag for every option that is a number', async () => {
    const started = run(['--port', '0', '--db', ':memory:', '--token', 't', '--max-frame-bytes', '70000']);
    const client = await WsClient.batch(`${(await started.url)?.replace('http', 'ws')}/ws/events`, 't');
    client.send('x'.repeat(70_001));
    expect((await client.ended()).code).to.equal(1009);
  });

  it('says in one line which option is wrong, and does not repeat a token', async () => {
    expect(await refused(['--port', 'http'])).to.equal(
      'cerberus-server: `port` (CERBERUS_SERVER_PORT) must be an integer from 0 to 65535\n',
    );
    expect(await refused([], { CERBERUS_SERVER_TOKEN: 'my secret token' }))
      .to.match(/^cerberus-server: `token` [^\n]+\n$/)
      .and.not.include('secret token');
  });

  it('refuses what is no plain number, an empty one too', async () => {
    for (const text of ['1e3', '-5', '', '0x10', '65535'])
      expect(await refused([`--max-frame-bytes=${text}`]), text).to.match(
        /^cerberus-server: `maxFrameBytes` \(CERBERUS_SERVER_MAX_FRAME_BYTES\) must be an integer from 65536 to \d+\n$/,
      );
  }).timeout(60_000);

  it('names an unknown option', async () => {
    expect(await refused(['--prot', '1'])).to.match(
      /^error: unknown option '--prot'\n\(Did you mean --port\?\)/,
    );
  });

  it('names a command that there is not, but nothing that may be a token', async () => {
    expect(await refused(['alerts'])).to.match(/^error: unknown command 'alerts'\n\(see /);
    const printed = await refused(['sk-Canary1234567890']);
    expect(printed)
      .to.match(/^error: there is no such command\n/)
      .and.not.include('Canary');
  });

  it('says in the help of each command what is done where no server answers', async () => {
    const helpOf = async (...command: string[]): Promise<string> => {
      const asked = run([...command, '--help']);
      expect((await asked.ended).code).to.equal(0);
      return asked.output().stdout.replaceAll(/\s+/g, ' ');
    };
    for (const command of ['token', 'share'])
      expect(await helpOf(command, 'list')).to.include('(default: the one on this machine, else its files)');
    // What is kept of alerts is asked of a server that runs, or not at all.
    for (const name of ['list', 'test'])
      expect(await helpOf('alert', name)).to.include('(default: the one on this machine)');
  });

  it('prints help and version', async () => {
    const help = run(['--help']);
    expect((await help.ended).code).to.equal(0);
    for (const option of ['--port', '--db', '--token', '--secret-key', '--host', 'CERBERUS_SERVER_PORT']) {
      expect(help.output().stdout).to.include(option);
    }
    const asked = run(['help', 'tail']);
    expect((await asked.ended).code).to.equal(0);
    expect(asked.output().stdout).to.include('Usage: cerberus-server tail');
    const version = run(['--version']);
    expect((await version.ended).code).to.equal(0);
    expect(version.output().stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('says what to do when it is not built', () => {
    mkdirSync(join(folder, 'bin'));
    cpSync(fileURLToPath(new URL('../../bin', import.meta.url)), join(folder, 'bin'), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin', 'cerberus-server.mjs')], {
      encoding: 'utf8',
    });
    expect(status).to.equal(1);
    expect(stderr).to.match(/^cerberus-server is not built [^\n]+\n$/);
  });
});
