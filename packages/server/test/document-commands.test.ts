// Every shell command of docs/server.md, run in order in one folder, and every answer it shows, compared by its shape.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { until, within } from '@cerberus-otel/test-support/deadline';
import { codeBlocks, SERVER_DOCUMENT } from './support/document.js';
import { removeTempFolders, tempFolder } from './support/temp-folder.js';

const LAUNCHER = fileURLToPath(new URL('../bin/cerberus-server.mjs', import.meta.url));
const COMMANDS = codeBlocks(SERVER_DOCUMENT).filter(
  ({ language }) => language === 'sh' || language === 'json',
);

describe('the commands of docs/server.md', () => {
  let folder: string;
  let port: number;
  let started: ChildProcess | undefined;

  before(function () {
    if (spawnSync('curl', ['--version']).status !== 0) this.skip();
  });

  beforeEach(async () => {
    folder = tempFolder();
    port = await freePort();
    // Where npx looks first: the command as it is installed.
    const bin = join(folder, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'cerberus-server'), `#!/bin/sh\nexec '${process.execPath}' '${LAUNCHER}' "$@"\n`);
    chmodSync(join(bin, 'cerberus-server'), 0o755);
  });

  afterEach(async () => {
    await stop();
    removeTempFolders();
  });

  async function start(command: string): Promise<void> {
    started = spawn('sh', ['-c', command], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    started.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    await until('the server listens', () => output.includes('CERBERUS_BACKEND_URL'), 15_000);
  }

  /** Ends npx and what it started. */
  async function stop(): Promise<void> {
    const running = started;
    started = undefined;
    if (running?.pid === undefined) return;
    const ended = once(running, 'close');
    process.kill(-running.pid, 'SIGTERM');
    await within('the server to stop', ended);
  }

  it('do what it says', async function () {
    this.timeout(60_000);
    let variables = '';
    let output = '';
    let answers = 0;
    for (const { language, text } of COMMANDS) {
      const command = text.replaceAll('8765', String(port));
      if (language === 'json') {
        expect(shapeOf(JSON.parse(output)), text).to.deep.equal(shapeOf(JSON.parse(text)));
        answers += 1;
      } else if (command.startsWith('npx --no-install cerberus-server --')) {
        await start(command);
      } else if (/^\w+=/.test(command)) {
        variables += command;
      } else {
        const { status, stdout, stderr } = spawnSync('sh', ['-ec', `${variables}${command}`], {
          cwd: folder,
          encoding: 'utf8',
        });
        expect(status, `${command}${stderr}`).to.equal(0);
        output = stdout;
      }
    }
    expect(answers).to.be.at.least(6);
    await stop();
    expect(readFileSync(join(folder, 'events.ndjson'), 'utf8').split('\n')).to.have.length(2);
    await start(`npx --no-install cerberus-server --port ${port} --db backup/cerberus.duckdb`);
    const restored = spawnSync(
      'sh',
      ['-ec', `${variables}curl -s http://127.0.0.1:${port}/api/summary -H "Authorization: Bearer $TOKEN"`],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(JSON.parse(restored.stdout)).to.include({ requests: 1 });
  });

  it('are all of the commands: no other line of it is one', () => {
    const prose = SERVER_DOCUMENT.replaceAll(/^```[\s\S]*?^```$/gm, '');
    expect(prose).not.to.match(/`(?:npx|npm|curl|systemctl|sudo|cp|docker) /);
    const languages = new Set(codeBlocks(SERVER_DOCUMENT).map(({ language }) => language));
    expect([...languages].toSorted()).to.deep.equal(['ini', 'js', 'json', 'nginx', 'sh', 'yaml']);
  });
});

/** Names and types of a JSON value; numbers, texts and times may differ. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', () => resolve()));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => void probe.close(() => resolve()));
  return port;
}
