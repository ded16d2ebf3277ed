import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { startServer } from '../dist/index.js';
import { ControlledStore } from './support/servers/controlled-store.js';
import { pause, until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { wireEvent } from './support/events/events.js';
import { rawSocket, upgradeRequest } from './support/senders/raw-upgrade.js';
import { call, server, stopServers, TOKEN } from './support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from './support/temp-folder.js';
import { WsClient } from './support/senders/ws-client.js';

async function codeOf(starting: Promise<unknown>): Promise<unknown> {
  return starting.then(
    () => 'started',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

describe('startServer', () => {
  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  it('warns where the system gives it less memory than its database takes, and nowhere else', async () => {
    const { constrainedMemory } = process;
    afterTest(() => void (process.constrainedMemory = constrainedMemory));
    const said: string[] = [];
    for (const given of [0, 2 ** 64, 2 * 2 ** 30, 256 * 2 ** 20]) {
      process.constrainedMemory = () => given;
      expect(said, String(given)).to.deep.equal([]);
      const db = join(tempFolder(), 'test.duckdb');
      await server({ db, log: (level, message) => void (level === 'warn' && said.push(message)) });
    }
    expect(said).to.have.length(1);
    expect(said[0]).to.match(
      /^this process may have 268 MB of memory, and the database alone takes up to 512MB of it/,
    );
  });

  it('says where it listens', async () => {
    const running = await server();
    expect(running.url).to.equal(`http://127.0.0.1:${running.port}`);
    expect(running.wsUrl).to.equal(`ws://127.0.0.1:${running.port}/ws/events`);
    expect(running.port).to.be.greaterThan(0);
    expect(running).to.include({ token: TOKEN, secretKey: 'k' });
  });

  it('loads no database engine that it does not use', async () => {
    const index = new URL('../dist/index.js', import.meta.url).href;
    const script = `
      const { startServer } = await import(${JSON.stringify(index)});
      const { default: { _cache: loaded } } = await import('node:module');
      const engines = () => Object.keys(loaded).filter((path) => /@duckdb|node_modules.pg/.test(path)).length;
      const server = await startServer({ db: process.argv[1], port: 0 });
      console.log(engines());
      await server.close();`;
    const loaded = async (db: string): Promise<number> => {
      const args = ['--input-type=module', '--eval', script, db];
      return Number((await promisify(execFile)(process.execPath, args)).stdout);
    };
    expect(await loaded(':memory:')).to.equal(0);
    expect(await loaded(join(tempFolder(), 'x.duckdb'))).to.be.greaterThan(0);
  });

  it('gives a destination also when it listens on every address', async () => {
    expect((await server({ host: '0.0.0.0' })).url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await server({ host: 'localhost' })).url).to.match(/^http:\/\/localhost:\d+$/);
  });

  it('makes up a token and a key once and keeps them beside the database, for its owner only', async () => {
    const db = join(tempFolder(), 'test.duckdb');
    const first = await server({ db, token: undefined, secretKey: undefined });
    expect(first.token).to.match(/^sk-[\w-]{43}$/);
    expect(first.secretKey).to.match(/^[\w-]{43}$/);
    for (const [name, value] of Object.entries({ token: first.token, 'secret-key': first.secretKey })) {
      expect(readFileSync(`${db}.${name}`, 'utf8')).to.equal(`${value}\n`);
      expect(statSync(`${db}.${name}`).mode & 0o777).to.equal(0o600);
    }
    await stopServers();
    const second = await server({ db, token: undefined, secretKey: undefined });
    expect(second).to.include({ token: first.token, secretKey: first.secretKey });
  });

  it('does not write down a token or key that it was given', async () => {
    const db = join(tempFolder(), 'test.duckdb');
    await server({ db });
    expect(existsSync(`${db}.token`) || existsSync(`${db}.secret-key`)).to.equal(false);
  });

  it('writes no credentials when another server holds the database', async () => {
    const db = join(tempFolder(), 'test.duckdb');
    await server({ db });
    expect(await codeOf(startServer({ port: 0, db }))).to.equal('DB_LOCKED');
    expect(existsSync(`${db}.token`)).to.equal(false);
  });

  it('fails with PORT_IN_USE and lets go of the database', async () => {
    const blocker = createServer();
    afterTest(() => blocker.close());
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', () => resolve()));
    const { port } = blocker.address() as AddressInfo;
    const db = join(tempFolder(), 'test.duckdb');
    expect(await codeOf(startServer({ port, db, token: TOKEN, secretKey: 'k' }))).to.equal('PORT_IN_USE');
    await server({ db });
  });

  it('fails with LISTEN_FAILED for an address that is not its own', async () => {
    const starting = startServer({ host: '203.0.113.1', port: 0, db: ':memory:' });
    expect(await codeOf(starting)).to.equal('LISTEN_FAILED');
  });

  it('fails with INVALID_OPTION before it touches anything', async () => {
    const db = join(tempFolder(), 'test.duckdb');
    expect(await codeOf(startServer({ port: 70_000, db }))).to.equal('INVALID_OPTION');
    expect(existsSync(db)).to.equal(false);
  });

  it('gives a destination, a store and statistics of their own to two servers in one process', async () => {
    const [one, two] = [await server(), await server()];
    const client = await WsClient.batch(one.wsUrl, TOKEN);
    client.frame(1, wireEvent());
    await client.next();
    expect([one.stats().stored, two.stats().stored]).to.deep.equal([1, 0]);
    expect((await call(`${two.url}/api/summary`)).body['requests']).to.equal(0);
  });

  it('logs changes of state, and no token, key or address', async () => {
    const lines: string[] = [];
    const running = await server({ log: (level, line) => lines.push(`${level} ${line}`) });
    const client = await WsClient.connect(running.wsUrl);
    client.send({ ...wireEvent({ source_ip: '203.0.113.77' }), token: 'wrong-token', client_id: 'x' });
    await client.ended();
    await stopServers();
    expect(lines).to.deep.equal([`info listening on 127.0.0.1:${running.port}`, 'info stopped']);
  });
});

describe('close', () => {
  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  it('acknowledges what was received, then closes connections with 1001', async () => {
    const store = new ControlledStore();
    const running = await server({ store });
    const batch = await WsClient.batch(running.wsUrl, TOKEN);
    const event = await WsClient.connect(running.wsUrl);
    store.hold();
    batch.frame(1, wireEvent());
    event.send({ ...wireEvent(), token: TOKEN, client_id: 'x' });
    await pause(50);
    const closed = running.close();
    store.release();
    expect(await batch.next()).to.deep.equal({ type: 'ack', seq: 1 });
    expect(await event.next()).to.deep.equal({ status: 'ok' });
    expect((await batch.ended()).code).to.equal(1001);
    expect((await event.ended()).code).to.equal(1001);
    await within('the server to stop', closed);
  });

  it('is idempotent and frees the port and the database', async () => {
    const db = join(tempFolder(), 'test.duckdb');
    const first = await server({ db });
    await Promise.all([first.close(), first.close()]);
    await first.close();
    const second = await server({ db, port: first.port });
    expect(second.port).to.equal(first.port);
  });

  it('does not wait for ever for a peer that answers nothing', async () => {
    const running = await server({ shutdownTimeoutMillis: 100 });
    const stuck = await rawSocket(running.port);
    stuck.socket.write(upgradeRequest('/ws/events', { Authorization: `Bearer ${TOKEN}` }));
    const halfRequest = await rawSocket(running.port);
    halfRequest.socket.write('POST /v1/ingest/batch HTTP/1.1\r\n');
    await pause(50);
    await within('the server to stop', running.close());
    await within('the sockets to close', Promise.all([stuck.closed, halfRequest.closed]));
  });

  it('does not wait for who has never said anything, as a connection that a browser opens in advance', async () => {
    const running = await server({ shutdownTimeoutMillis: 60_000 });
    const silent = await rawSocket(running.port);
    // Before it ends, the server knows of the connection.
    await call(`${running.url}/healthz`);
    await within('the server to stop', running.close());
    await within('the socket to close', silent.closed);
  });

  it('gives connections of both kinds their time to end together, not one after the other', async () => {
    const store = new ControlledStore();
    const running = await server({ store, shutdownTimeoutMillis: 1500 });
    store.hold();
    afterTest(() => store.release());
    const client = await WsClient.batch(running.wsUrl, TOKEN);
    client.frame(1, wireEvent());
    const body = JSON.stringify({ events: [wireEvent({ client_id: 'shop' })] });
    const posting = call(`${running.url}/v1/ingest/batch`, { method: 'POST', body }).then(
      () => 'answered',
      () => 'cut off',
    );
    await until('both wait for the store', () => store.appends === 2);
    const begin = performance.now();
    const closing = running.close();
    await client.ended();
    const first = performance.now();
    expect(await posting).to.equal('cut off');
    const second = performance.now();
    expect(second - first).to.be.lessThan((first - begin) / 2);
    store.release();
    await closing;
  });

  it('leaves nothing behind that keeps a process alive', async () => {
    // After a turn, because mocha starts the timer of a test only then.
    await pause(1);
    const before = process.getActiveResourcesInfo().toSorted();
    const running = await server({ db: join(tempFolder(), 'test.duckdb') });
    const client = await WsClient.batch(running.wsUrl, TOKEN);
    client.frame(1, wireEvent());
    await client.next();
    await running.close();
    await client.ended();
    await pause(20);
    expect(process.getActiveResourcesInfo().toSorted()).to.deep.equal(before);
  });
});
