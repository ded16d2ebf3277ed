// What judges a cluster, and what cuts a server off, do what they say.
import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, usePostgres } from '../../../packages/server/test-dist/support/databases/postgres.js';
import type { Books } from './load.js';
import { CutOffNetwork } from './network.js';
import { judge } from './oracle.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';

describe('the oracle of a cluster', function () {
  this.timeout(90_000);
  const freshDatabase = usePostgres();
  const book = (exporter: number, accepted: number, more: Partial<Books> = {}): Books => ({
    exporter,
    accepted,
    acked: accepted,
    lost: 0,
    refused: 0,
    reconnects: 0,
    lastFailure: null,
    ...more,
  });

  /** @param numbers - of the events of exporter 1 that are stored */
  async function verdictOn(numbers: readonly number[], books: readonly Books[], events = numbers.length) {
    const url = await freshDatabase();
    await ask(url, 'CREATE TABLE events (span_id bytea)');
    await ask(url, 'CREATE TABLE producers (events bigint)');
    await ask(url, 'INSERT INTO producers VALUES ($1)', [events]);
    const ids = numbers.map((number) => `00000001${number.toString(16).padStart(8, '0')}`);
    await ask(url, `INSERT INTO events SELECT decode(id, 'hex') FROM unnest($1::text[]) AS id`, [ids]);
    return judge({ ask: (sql, values) => ask(url, sql, values) }, [], books);
  }

  it('finds nothing where each event that was accepted is stored once', async () => {
    const right = { accepted: 3, stored: 3, missing: 0, doubled: 0, foreign: 0, wrong: [] };
    expect(await verdictOn([1, 2, 3], [book(1, 3)])).to.deep.equal(right);
  });

  it('finds what is missing, doubled and foreign, also where their sum is right', async () => {
    expect(await verdictOn([1, 3, 3], [book(1, 3)])).to.include({ missing: 1, doubled: 1, foreign: 0 });
    expect(await verdictOn([1, 2, 4], [book(1, 3)])).to.include({ missing: 1, doubled: 0, foreign: 1 });
    expect(await verdictOn([1], [book(1, 1), book(2, 5)])).to.include({ missing: 5 });
    expect(await verdictOn([1], [])).to.include({ foreign: 1 });
  });

  it('finds events that were never acknowledged or were given up, and producers that count wrong', async () => {
    expect((await verdictOn([1, 2], [book(1, 2, { acked: 1 })])).wrong).to.have.lengthOf(1);
    expect((await verdictOn([1, 2], [book(1, 2, { lost: 1 })])).wrong).to.have.lengthOf(1);
    expect((await verdictOn([1, 2], [book(1, 2)], 3)).wrong).to.deep.equal(['producers: 3 events of 2']);
  });
});

describe('a network that can be cut off', () => {
  it('passes nothing and ends nothing while it is cut, and goes on when it is mended', async function () {
    const network = CutOffNetwork.create();
    if (network === undefined) this.skip();
    afterTest(() => network.remove());
    const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    server.listen(0, network.outsideAddress);
    await once(server, 'listening');
    afterTest(() => server.close());
    const { port } = server.address() as AddressInfo;
    const script = `
      const socket = require('node:net').connect(${port}, '${network.outsideAddress}', () => console.log('connected'));
      socket.on('data', (data) => console.log(String(data))).on('close', () => console.log('closed'));
      process.stdin.on('data', (data) => socket.write(data));`;
    const [file, ...args] = network.prefix;
    const inside = spawn(file, [...args, process.execPath, '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    afterTest(async () => {
      inside.kill('SIGKILL');
      if (inside.exitCode === null && inside.signalCode === null) await once(inside, 'exit');
    });
    let said = '';
    inside.stdout.on('data', (data: Buffer) => void (said += data.toString()));
    const hears = (text: string): Promise<unknown> => until(`${text} is heard`, () => said.includes(text));
    await hears('connected');
    network.cut();
    inside.stdin.write('cut');
    await sleep(500);
    expect(said).to.equal('connected\n');
    network.mend();
    await hears('cut');
    expect(said).not.to.include('closed');
  });

  it('is gone, with its lines, when it is removed', function () {
    const network = CutOffNetwork.create();
    if (network === undefined) this.skip();
    const name = network.prefix.at(-1) ?? '';
    const addresses = (): string => String(spawnSync('ip', ['addr']).stdout);
    expect(String(spawnSync('ip', ['netns']).stdout)).to.include(name);
    expect(addresses()).to.include(network.outsideAddress);
    network.remove();
    expect(String(spawnSync('ip', ['netns']).stdout)).not.to.include(name);
    expect(addresses()).not.to.include(network.outsideAddress);
  });
});
