// Whatever way a server is started: neither its token nor its key is in what it prints, unless the token was made up
// at this start and the output is a terminal.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { spawnServer, type ServerProcess } from '../support/processes/server-process.js';
import { tempFolder } from '../support/temp-folder.js';

const LAUNCHER = fileURLToPath(new URL('../../bin/cerberus-server.mjs', import.meta.url));
const PACKAGE = new URL('../../dist/index.js', import.meta.url).href;
const TOKEN = 'sk-canary-token-4711';
const KEY = 'canary-key-0815-canary-key-0815-canary';

function kept(db: string, name: string): string {
  return readFileSync(`${db}.${name}`, 'utf8').trim();
}

async function stopped({ child, ended, output }: ServerProcess): Promise<string> {
  child.kill('SIGTERM');
  await within('the server to stop', ended);
  const { stdout, stderr } = output();
  return stdout + stderr;
}

/** The command on a terminal of its own: everything that the terminal showed when `pattern` had come. */
async function onTerminal(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
  pattern = /CERBERUS_BACKEND_URL=\S+/,
): Promise<string> {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('CERBERUS_'));
  const line = ['exec', process.execPath, LAUNCHER, ...args].map((each) => `'${each}'`).join(' ');
  const child = spawn('script', ['-qefc', line.replace("'exec'", 'exec'), '/dev/null'], {
    cwd,
    env: { ...Object.fromEntries(clean), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = once(child, 'close');
  const kill = (): void => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  afterTest(kill);
  let shown = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (shown += chunk.toString('utf8')));
  await until('the terminal shows it', () => pattern.test(shown) || child.exitCode !== null, 20_000);
  kill();
  await within('the terminal to close', ended);
  return shown;
}

describe('what a server prints', function () {
  this.timeout(40_000);
  let folder: string;
  let db: string;

  beforeEach(() => {
    folder = tempFolder();
    db = join(folder, 'x.duckdb');
  });

  async function served(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const started = spawnServer(['--port', '0', '--db', db, ...args], env, { cwd: folder });
    expect(await started.url).to.match(/^http/);
    return stopped(started);
  }

  it('is not the token and the key of a flag, nor on a terminal', async () => {
    const secrets = ['--token', TOKEN, '--secret-key', KEY];
    const printed = await served(secrets);
    expect(printed).to.include('as given in --token').and.not.include(TOKEN).and.not.include(KEY);
    const shown = await onTerminal(['--port', '0', '--db', db, ...secrets], folder);
    expect(shown).to.include('as given in --token').and.not.include(TOKEN).and.not.include(KEY);
  });

  it('is not those of the environment, nor on a terminal', async () => {
    const env = { CERBERUS_SERVER_TOKEN: TOKEN, CERBERUS_SERVER_SECRET_KEY: KEY };
    const printed = await served([], env);
    expect(printed)
      .to.include('as given in CERBERUS_SERVER_TOKEN')
      .and.not.include(TOKEN)
      .and.not.include(KEY);
    const shown = await onTerminal(['--port', '0', '--db', db], folder, env);
    expect(shown).to.include('as given in CERBERUS_SERVER_TOKEN').and.not.include(TOKEN).and.not.include(KEY);
  });

  it('is the name of the file where it made the token up and writes to a pipe', async () => {
    const printed = await served([]);
    expect(printed).to.include(`token      in ${db}.token`).and.include(`"$(cat '${db}.token')"`);
    expect(printed).not.to.include(kept(db, 'token'));
    expect(printed).not.to.include(kept(db, 'secret-key'));
  });

  it('is the token where it made it up and writes to a terminal, but not at the next start', async () => {
    const first = await onTerminal(['--port', '0', '--db', db], folder);
    expect(first)
      .to.include(`token      ${kept(db, 'token')}`)
      .and.include(`CERBERUS_TOKEN=${kept(db, 'token')}`);
    expect(first).not.to.include(kept(db, 'secret-key'));
    const second = await onTerminal(['--port', '0', '--db', db], folder);
    expect(second).to.include(`token      in ${db}.token`).and.not.include(kept(db, 'token'));
  });

  it('is the name of a file that somebody wrote, also on a terminal', async () => {
    writeFileSync(`${db}.token`, TOKEN);
    writeFileSync(`${db}.secret-key`, KEY);
    for (const printed of [await served([]), await onTerminal(['--port', '0', '--db', db], folder)])
      expect(printed).to.include(`in ${db}.token`).and.not.include(TOKEN).and.not.include(KEY);
  });

  it('is no token where it is kept nowhere and the output is a pipe', async () => {
    const started = spawnServer(['--port', '0', '--db', ':memory:'], {}, { cwd: folder });
    await started.url;
    const printed = await stopped(started);
    expect(printed)
      .to.include('kept nowhere')
      .and.not.match(/sk-[\w-]{20}/);
  });

  it('is neither in `dev`, which gives the application its token, nor on a terminal', async () => {
    writeFileSync(
      join(folder, 'app.mjs'),
      "import fs from 'node:fs'; fs.writeFileSync('given', process.env.CERBERUS_TOKEN);",
    );
    const args = ['dev', '--port', '0', '--no-register', '--', process.execPath, 'app.mjs'];
    const started = spawnServer(args, {}, { cwd: folder });
    await within('dev to end', started.ended, 20_000);
    const { stdout, stderr } = started.output();
    const given = join(folder, 'given');
    expect(stderr).to.include('The page:');
    expect(stdout + stderr).not.to.include(readFileSync(given, 'utf8'));
    const shown = await onTerminal(args, folder, {}, /No requests|nothing|requests/);
    expect(existsSync(given) && shown.includes(readFileSync(given, 'utf8'))).to.equal(false);
  });

  it('is not the token that `tail` was given, whether it fits or not', async () => {
    const started = spawnServer(['--port', '0', '--db', db, '--token', TOKEN]);
    const url = (await started.url) ?? '';
    const wrong = spawnServer(['tail', '--url', url, '--token', 'sk-wrong-canary']);
    await within('tail to end', wrong.ended);
    const right = spawnServer(['tail', '--url', url], { CERBERUS_TOKEN: TOKEN });
    await until('tail is connected', async () => (await fetch(`${url}/healthz`)).ok);
    const printed = wrong.output().stderr + (await stopped(right)) + (await stopped(started));
    expect(printed).to.include('refused the token').and.not.include('sk-wrong-canary').and.not.include(TOKEN);
  });

  it('is not the password of a URL that `tail` cannot use', async () => {
    for (const url of [
      `htp://me:${TOKEN}@127.0.0.1:9`,
      `me:${TOKEN}@127.0.0.1`,
      `http://me:${TOKEN}@127.0.0.1:9`,
    ]) {
      const started = spawnServer(['tail', '--url', url, '--token', TOKEN]);
      await within('tail to end', started.ended);
      const { stdout, stderr } = started.output();
      expect(stderr).to.match(/--url must be|no server answers/);
      expect(stdout + stderr).not.to.include(TOKEN);
    }
  });

  it('is nothing at all as a library, and the server object shows no secret when it is logged', async () => {
    const script = `
      import { inspect } from 'node:util';
      import { startServer } from '${PACKAGE}';
      const server = await startServer({ port: 0, db: ${JSON.stringify(db)}, secretKey: '${KEY}' });
      await server.close();
      console.log('own: ' + inspect([server, { ...server }]) + JSON.stringify([server, { ...server }]));`;
    writeFileSync(join(folder, 'library.mjs'), script);
    const child = spawn(process.execPath, ['library.mjs'], { cwd: folder });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
    await within('the program to end', once(child, 'close'), 20_000);
    expect(printed)
      .to.match(/^own: \[/)
      .and.not.include(kept(db, 'token'))
      .and.not.include(KEY);
  });

  it('names a bad option, and not the secrets beside it', async () => {
    const env = { CERBERUS_SERVER_TOKEN: TOKEN, CERBERUS_SERVER_SECRET_KEY: KEY };
    for (const args of [
      ['--port', 'x'],
      ['--tokn', TOKEN],
      [`--tokn=${TOKEN}`],
      [TOKEN],
      ['--token', `${TOKEN} x`],
    ]) {
      const started = spawnServer(args, env, { cwd: folder });
      await within('the command to end', started.ended, 20_000);
      const { stdout, stderr } = started.output();
      expect(stderr, args[0]).to.match(/\S/);
      expect(stdout + stderr)
        .not.to.include(TOKEN)
        .and.not.include(KEY);
    }
  });

  it('says why it refuses to start, and not the secrets', async () => {
    const args = ['--port', '0', '--db', db, '--token', TOKEN, '--secret-key', KEY];
    const first = spawnServer(args);
    await first.url;
    const second = spawnServer(args);
    await within('the second to end', second.ended, 20_000);
    mkdirSync(`${join(folder, 'y.duckdb')}.token`);
    const third = spawnServer(['--port', '0', '--db', join(folder, 'y.duckdb'), '--secret-key', KEY]);
    await within('the third to end', third.ended, 20_000);
    const printed = second.output().stderr + third.output().stderr;
    expect(printed).to.include('is in use').and.include('cannot be used');
    expect(printed + second.output().stdout + (await stopped(first)))
      .not.to.include(TOKEN)
      .and.not.include(KEY);
  });
});
