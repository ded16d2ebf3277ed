import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { listensOnUnixSocket } from '../../dist/esm/capture/unix-listeners.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { send } from '../support/http-server.js';

const CHILD = fileURLToPath(new URL('../children/inherited-socket.js', import.meta.url));
const LOOPBACK = { port: 0, host: '127.0.0.1' };
/** HMAC-SHA256 of 203.0.113.9 with the key `k`. */
const PSEUDONYM = '317fe07e1ac9940e8317b616e8b528230172ed88a600c05e193dc71380c1e44c';

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-'));
  afterTest(() => {
    rmSync(folder, { recursive: true, force: true });
    // Node 20 resolves modules by a real path that it gives up on where the last file it looked at was a socket (realpathSync).
    statSync(tmpdir());
  });
  return join(folder, 's');
}

async function listening(where: { path: string } | { port: number; host: string }): Promise<Server> {
  const server = createServer();
  afterTest(() => server.close());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(where, resolve);
  });
  return server;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** A process that inherits the listening socket of `owner`, of which only Node's handle tells the descriptor. */
function startHeir(owner: Server): ChildProcess {
  const { fd } = (owner as unknown as { _handle: { fd: number } })._handle;
  const child = spawn(process.execPath, [CHILD], {
    stdio: ['ignore', 'pipe', 'inherit', fd],
    env: { PATH: process.env['PATH'] ?? '', CERBERUS_WARNINGS: 'false' },
    timeout: 20_000,
  });
  afterTest(() => child.kill('SIGKILL'));
  return child;
}

/** What the child reports after one request. The owner is closed before, so that only the child accepts. */
async function served(owner: Server, child: ChildProcess, to: string | number): Promise<unknown> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const ended = new Promise((resolve) => {
    child.on('close', resolve);
  });
  await closed(owner);
  await until('the child listens', () => output.includes('listening'), 15_000);
  await send(to, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  await ended;
  return JSON.parse(output.split('\n').findLast((line) => line.startsWith('{"')) ?? 'null');
}

describe('listensOnUnixSocket', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('knows a socket with a path', async () => {
    expect(listensOnUnixSocket(await listening({ path: socketPath() }))).to.equal(true);
  });

  it('takes no TCP listener for one, listening or not', async () => {
    const server = await listening(LOOPBACK);
    expect(listensOnUnixSocket(server)).to.equal(false);
    await closed(server);
    expect(listensOnUnixSocket(server)).to.equal(false);
    expect(listensOnUnixSocket(createServer())).to.equal(false);
  });

  it('knows one that the process inherited, listening or not, and the proxy in front of it is believed', async () => {
    const path = socketPath();
    const owner = await listening({ path });
    const child = startHeir(owner);
    // A server that closes removes its path, so the socket gets another one before.
    renameSync(path, `${path}2`);
    const report = await served(owner, child, `${path}2`);
    expect(report).to.deep.equal({ unix: [true, true], sources: [PSEUDONYM] });
  }).timeout(30_000);

  it('takes no inherited TCP listener for one', async () => {
    const owner = await listening(LOOPBACK);
    const { port } = owner.address() as AddressInfo;
    const report = await served(owner, startHeir(owner), port);
    expect(report).to.deep.equal({ unix: [false, false], sources: [PSEUDONYM] });
  }).timeout(30_000);
});
