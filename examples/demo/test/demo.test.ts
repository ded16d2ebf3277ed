import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { DemoResult } from '../dist/results/demo-result.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { NodeProcess } from './support/node-process.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const FREE_PORTS = ['--port', '0', '--server-port', '0'];

describe('the demo', () => {
  const processes: NodeProcess[] = [];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cerberus-demo-test-'));
  });

  afterEach(() => {
    for (const each of processes.splice(0)) each.destroy();
    rmSync(folder, { recursive: true });
  });

  /** Its temporary folders are made in `folder`, so that what stays behind is seen. */
  function start(args: readonly string[], env: Record<string, string> = {}): NodeProcess {
    const started = new NodeProcess([MAIN, ...args], { env: { TMPDIR: folder, ...env } });
    processes.push(started);
    return started;
  }

  function lastLine(demo: NodeProcess): DemoResult {
    return JSON.parse(demo.stdout.trimEnd().split('\n').at(-1) ?? '') as DemoResult;
  }

  it('stores every request of its shop exactly once', async () => {
    const demo = start(['--seconds', '3', '--json', ...FREE_PORTS]);
    const code = await within('the end of the demo', demo.exited);
    expect(demo.stderr).to.equal('');
    expect(code).to.equal(0);
    const result = lastLine(demo);
    expect(result).to.include({ lost: 0, duplicates: 0, unexpected: 0 });
    expect(result.requests).to.be.greaterThan(150);
    expect(result.stored).to.equal(result.requests);
    expect(result.durations_recorded).to.equal(result.requests);
    expect(result.clients).to.be.greaterThan(50);
    expect(result.clients).to.equal(result.addresses);
    expect(result.unsampled).to.be.greaterThan(0);
    expect(result.outcomes.aborted).to.be.greaterThan(0);
    const { completed, aborted, error } = result.outcomes;
    expect(completed + aborted + error).to.equal(result.requests);
    expect(result.endpoints.reduce((sum, { requests }) => sum + requests, 0)).to.equal(result.requests);
    expect(result.endpoints.map(({ route }) => route)).to.include.members([
      '/products/:id',
      '/checkout',
      null,
    ]);
    const types = Object.fromEntries(result.metrics.map(({ name, type }) => [name, type]));
    expect(types).to.include({ results: 'number', in_stock: 'boolean', category: 'text' });
    expect(types).to.include({ search_terms: 'list' });
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('counts only its own run in a database that is kept', async () => {
    const db = join(folder, 'kept.duckdb');
    const sums: number[] = [];
    for (const run of ['first', 'second']) {
      const demo = start(['--seconds', '0.5', '--json', '--db', db, ...FREE_PORTS]);
      expect(await within(`the end of the ${run} run`, demo.exited), demo.stderr).to.equal(0);
      const { requests, stored } = lastLine(demo);
      expect(stored).to.equal(requests);
      sums.push(requests);
    }
    expect(Math.min(...sums)).to.be.greaterThan(0);
    expect(readdirSync(folder)).to.include('kept.duckdb');
  });

  it('goes on with --keep until Ctrl-C, then sums up and leaves nothing behind', async () => {
    const demo = start(['--keep', '--seconds', '0.5', '--json', ...FREE_PORTS]);
    const server = await demo.output(/server +(\S+)/);
    const page = await demo.output(/page +(\S+)/);
    await demo.output(/Going on gently/);
    expect((await fetch(page)).headers.get('content-type')).to.match(/^text\/html/);
    // Whoever sits at this machine needs no token.
    const summary = (): Promise<{ requests: number }> =>
      fetch(`${server}/api/summary`).then((response) => response.json()) as never;
    const before = await summary();
    await until('more requests are stored', async () => (await summary()).requests > before.requests);
    demo.interruptGroup();
    expect(await within('the end after Ctrl-C', demo.exited), demo.stderr).to.equal(0);
    const { requests, stored, lost, duplicates } = lastLine(demo);
    expect({ stored, lost, duplicates }).to.deep.equal({ stored: requests, lost: 0, duplicates: 0 });
    expect(requests).to.be.greaterThan(before.requests);
    expect(demo.groupExists()).to.equal(false);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('leaves nothing behind when Ctrl-C comes while it starts', async () => {
    const demo = start(FREE_PORTS);
    await demo.output(/Cerberus/);
    demo.interruptGroup();
    expect(await within('the end after Ctrl-C', demo.exited)).to.equal(130);
    expect(demo.groupExists()).to.equal(false);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('ends its shop even when it is killed itself', async () => {
    const demo = start(FREE_PORTS);
    await demo.output(/traffic/);
    demo.child.kill('SIGKILL');
    await until('the shop has ended too', () => !demo.groupExists());
  });

  it('is not disturbed by the settings that the user has for other applications', async () => {
    const demo = start(['--seconds', '0.5', '--json', ...FREE_PORTS], {
      CERBERUS_DISABLED: 'true',
      CERBERUS_SERVER_HOST: '0.0.0.0',
      CERBERUS_SERVER_TOKEN: 'not this one',
      CERBERUS_SERVER_THREADS: 'x',
      OTEL_SDK_DISABLED: 'true',
      NO_COLOR: '1',
    });
    expect(await within('the end of the demo', demo.exited), demo.stderr).to.equal(0);
    expect(lastLine(demo).stored).to.be.greaterThan(0);
    expect(demo.stdout).not.to.include('\u001B');
  });

  describe('when a port is in use', () => {
    let other: Server;
    let port: string;

    beforeEach(async () => {
      other = createServer();
      await new Promise<void>((resolve) => {
        other.listen(0, '127.0.0.1', resolve);
      });
      port = String((other.address() as AddressInfo).port);
    });

    afterEach(() => {
      other.close();
    });

    for (const [name, option, free] of [
      ['server', '--server-port', '--port'],
      ['shop', '--port', '--server-port'],
    ] as const) {
      it(`says that it is the ${name}'s, names ${option}, and ends with 1`, async () => {
        const demo = start([option, port, free, '0']);
        expect(await within('the end of the demo', demo.exited)).to.equal(1);
        expect(demo.stderr).to.equal(
          `demo: port ${port} is in use; choose another one for the ${name} with ${option}\n`,
        );
        expect(readdirSync(folder)).to.deep.equal([]);
      });
    }
  });

  it('refuses numbers that make no sense before it starts anything', async () => {
    for (const args of [
      ['--seconds', '0'],
      ['--seconds', 'x'],
      ['--port', '70000'],
      ['--server-port', '-1'],
    ]) {
      const demo = start(args);
      expect(await within('the end of the demo', demo.exited)).to.equal(1);
      expect(demo.stderr).to.include(args[0]);
      expect(demo.stdout).to.equal('');
    }
  });
});
