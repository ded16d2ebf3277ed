// Where commands write: nothing that somebody still needs is replaced, and who stops reading ends no server.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { smallDisk } from '../support/databases/small-disk.js';
import { spawnServer } from '../support/processes/server-process.js';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';

const LAUNCHER = fileURLToPath(new URL('../../bin/cerberus-server.mjs', import.meta.url));
const IN_USE = '--output must not be the database of a server: it would be replaced\n';
const NO_FILE = '--output must be a file, or - for the standard output\n';

/** A port where no server listens. */
const NOBODY = { CERBERUS_SERVER_PORT: '1' };

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('what commands write', () => {
  let folder: string;
  let db: string;
  let running: CerberusServer;

  /** Asks the running server. */
  async function run(...args: string[]): Promise<Ran> {
    const ran = spawnServer([...args, '--url', running.url, '--token', TOKEN], {}, { cwd: folder });
    const { code } = await within('the command to end', ran.ended, 20_000);
    return { code, ...ran.output() };
  }

  /** The same, with a redirection of the shell. */
  async function inShell(redirection: string, ...args: string[]): Promise<Omit<Ran, 'stdout'>> {
    const command = [process.execPath, LAUNCHER, ...args, '--url', running.url, '--token', TOKEN];
    const child = spawn('sh', ['-c', `"$@" ${redirection}`, 'sh', ...command], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    const [code] = (await within('the command to end', once(child, 'close'), 20_000)) as [number | null];
    return { code, stderr };
  }

  beforeEach(async () => {
    folder = tempFolder();
    db = join(folder, 'cerberus.duckdb');
    running = await server({ db });
    await send(running.url, TOKEN);
  });

  afterEach(removeTempFolders);

  it('never replaces the database of a server, under whatever name', async () => {
    const { ino } = statSync(db);
    symlinkSync(db, join(folder, 'link'));
    for (const command of ['backup', 'export']) {
      for (const output of ['cerberus.duckdb', './cerberus.duckdb', 'link', db]) {
        const { code, stderr } = await run(command, '--output', output);
        expect([code, stderr], output).to.deep.equal([1, `cerberus-server ${command}: ${IN_USE}`]);
      }
    }
    expect(statSync(db).ino).to.equal(ino);
    await running.close();
    const { code, stderr } = await run('export', '--db', db, '--output', db);
    expect([code, stderr]).to.deep.equal([1, `cerberus-server export: ${IN_USE}`]);
    expect(statSync(db).ino).to.equal(ino);
  });

  it('replaces an older copy, also behind a link, and no folder or device', async () => {
    mkdirSync(join(folder, 'copies'));
    writeFileSync(join(folder, 'copies', 'today.ndjson'), 'old');
    symlinkSync(join('copies', 'today.ndjson'), join(folder, 'latest'));
    symlinkSync('/dev/null', join(folder, 'nothing'));
    // That a copy was looked at makes it no database of a server.
    for (const output of ['copies/db', 'copies/db']) {
      expect((await run('backup', '--output', output)).stderr).to.equal('');
      await within('the export', spawnServer(['export', '--db', output], NOBODY, { cwd: folder }).ended);
    }
    expect(await run('export', '--output', 'latest')).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    expect(lstatSync(join(folder, 'latest')).isSymbolicLink()).to.equal(true);
    expect(readFileSync(join(folder, 'copies', 'today.ndjson'), 'utf8')).to.contain('"client_id":"shop"');
    for (const output of ['copies', 'nothing', '']) {
      const { code, stderr } = await run('export', '--output', output);
      expect([code, stderr], output).to.deep.equal([1, `cerberus-server export: ${NO_FILE}`]);
    }
    expect((await run('export', '--output', 'none/x')).stderr).to.equal(
      'cerberus-server export: --output must be a file in a folder that exists\n',
    );
  });

  it('is the standard output where the file is -', async () => {
    const { stdout } = await run('export', '--output', '-');
    expect(JSON.parse(stdout)).to.include({ client_id: 'shop' });
    expect((await inShell('> copy.duckdb', 'backup', '--output', '-')).stderr).to.equal('');
    expect(readFileSync(join(folder, 'copy.duckdb')).subarray(8, 12).toString()).to.equal('DUCK');
    expect(existsSync(join(folder, '-'))).to.equal(false);
  });

  it('says no stack trace where nobody reads it, or a disk is full', async () => {
    for (const command of [['token', 'list'], ['export'], ['alert', 'list']]) {
      expect((await inShell('| true', ...command)).stderr, command.join(' ')).to.equal('');
      const { code, stderr } = await inShell('> /dev/full', ...command);
      const full = 'cerberus-server: the standard output cannot be written: ENOSPC\n';
      expect([code, stderr], command.join(' ')).to.deep.equal([1, full]);
    }
  });

  it('is no failure of a command when its reader has seen enough', async () => {
    const many = Array.from({ length: 1000 }, () => wireEvent({ custom_data: { text: 'x'.repeat(500) } }));
    for (let sent = 0; sent < 2; sent += 1) {
      const body = JSON.stringify({ events: many.map((event) => ({ ...event, client_id: 'shop' })) });
      await call(`${running.url}/v1/ingest/batch`, { method: 'POST', body });
    }
    const command = spawnServer(['export', '--url', running.url, '--token', TOKEN]);
    const { stdout } = command.child;
    stdout?.once('data', () => stdout.destroy());
    expect(await within('the command to end', command.ended, 20_000)).to.deep.equal({
      code: 0,
      signal: null,
    });
    expect(command.output().stderr).to.equal('');
  });

  it('is not all there is where a variable of the shell is empty that was to name an application', async () => {
    for (const command of ['export', 'tail']) {
      const { code, stderr } = await run(command, '--client-id', '');
      expect([code, stderr], command).to.deep.equal([
        1,
        "error: option '--client-id <id>' argument '' is invalid. It must not be empty.\n",
      ]);
    }
  });

  it('takes a token back that could not be printed', async () => {
    const made = await inShell('> /dev/full', 'token', 'create', '--purpose', 'read', '--output', '-');
    expect(made.code).to.equal(1);
    expect(made.stderr).to.contain('the token cannot be written: ENOSPC');
    const { stdout } = await run('token', 'list', '--json');
    expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).to.deep.equal(['own']);
  });

  it('leaves no file of a token for which a disk has no room', async function () {
    const disk = smallDisk(1);
    if (disk === undefined) return this.skip();
    expect(() => writeFileSync(join(disk.folder, 'rest'), Buffer.alloc(2_000_000))).to.throw('ENOSPC');
    const output = join(disk.folder, 'shop.token');
    const made = await run('token', 'create', '--purpose', 'read', '--output', output);
    expect(made.code).to.equal(1);
    expect(made.stderr).to.contain('the token cannot be written: ENOSPC');
    expect(existsSync(output)).to.equal(false);
  });

  it('is a log without which the server goes on', async () => {
    const started = spawnServer(['--port', '0', '--token', TOKEN], {}, { cwd: tempFolder() });
    const url = (await started.url) ?? '';
    started.child.stderr?.destroy();
    started.child.stdout?.destroy();
    // It has something to say of the first event with its own token, and of its end.
    for (let sent = 0; sent < 3; sent += 1) expect(await send(url, TOKEN)).to.equal(200);
    started.child.kill('SIGTERM');
    expect(await within('the server to end', started.ended, 15_000)).to.deep.equal({ code: 0, signal: null });
  });
});

async function send(url: string, token: string): Promise<number> {
  const body = JSON.stringify({ events: [wireEvent({ client_id: 'shop' })] });
  const headers = { 'x-api-key': token };
  return (await call(`${url}/v1/ingest/batch`, { method: 'POST', headers, body })).status;
}
