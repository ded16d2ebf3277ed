// A disk that is full: the server stays up, answers reads, acknowledges nothing that it cannot store, and goes on by
// itself when there is room again; or after a kill -9, with nothing lost. A limit on the size of files, which the
// process gets from its shell, makes writes fail just as a full disk does.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { BatchSender } from '../support/senders/batch-sender.js';
import { pause, until, within } from '@cerberus-otel/test-support/deadline';
import { spawnServer, type ServerProcess } from '../support/processes/server-process.js';
import { smallDisk } from '../support/databases/small-disk.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';

const TOKEN = 'full-disk';
const FRAMES = 120;
const EVENTS = 100;
/** In blocks of 512 bytes: 1 MiB. */
const FILE_BLOCKS = 2048;
/** Part of util-linux, as `kill` is. */
const SET_LIMITS = 'prlimit';
/** Sizes of disks, MiB: the log does not fit, nor what is merged of it, at the first or second merge. */
const DISKS = [8, 14, 17, 22];

describe('a full disk', () => {
  let running: ServerProcess;
  let url = '';
  let sender: BatchSender;
  let done: Promise<void>;

  async function start(db: string, fileBlocks?: number): Promise<void> {
    running = spawnServer(
      ['--port', '0', '--db', db, '--token', TOKEN, '--throttle-millis', '100'],
      {},
      { fileBlocks },
    );
    url = (await running.url) ?? '';
    expect(url, running.output().stderr).to.match(/^http/);
  }

  async function requests(): Promise<unknown> {
    const answer = await fetch(`${url}/api/summary`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return ((await answer.json()) as Record<string, unknown>)['requests'];
  }

  /** Sends until the disk is full. */
  async function fill(frames = FRAMES): Promise<void> {
    sender = new BatchSender({
      wsUrl: () => `${url.replace('http', 'ws')}/ws/events`,
      token: TOKEN,
      producer: 'p',
      frames: framesOf(frames),
    });
    done = sender.run();
    // Merging the write-ahead log makes room for a frame or two after the first failures.
    let acked = 0;
    let throttlesThen = 0;
    const isFull = (): boolean => {
      if (sender.acked !== acked) [acked, throttlesThen] = [sender.acked, sender.throttles];
      return sender.throttles - throttlesThen >= 5;
    };
    await until('the disk is full', isFull, 30_000);
    expect(sender.acked).to.be.within(1, frames - 1);
    expect((await fetch(`${url}/healthz`)).status).to.equal(503);
    // Once it may have to be opened anew, because its log could not be merged.
    await until('it can be read', async () => (await requests()) === sender.acked * EVENTS, 15_000);
  }

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  afterEach(async () => {
    sender.stop();
    running.child.kill('SIGKILL');
    await running.ended;
    removeTempFolders();
  });

  it('is survived: with room again everything is stored once, without a restart', async function () {
    this.timeout(60_000);
    await start(join(tempFolder(), 'full.duckdb'), FILE_BLOCKS);
    await fill();
    execFileSync(SET_LIMITS, ['--pid', String(running.child.pid), '--fsize=unlimited']);
    await within('every acknowledgement', done, 30_000);
    expect(await requests()).to.equal(FRAMES * EVENTS);
    expect((await fetch(`${url}/healthz`)).status).to.equal(200);
  });

  for (const mebibytes of DISKS) {
    it(`S2 of ${mebibytes} MiB is survived, whatever DuckDB could not write: with room again everything is stored once`, async function () {
      this.timeout(120_000);
      const disk = smallDisk(mebibytes);
      if (disk === undefined) return this.skip();
      const frames = mebibytes * 12;
      await start(join(disk.folder, 'full.duckdb'));
      await fill(frames);
      // It stays readable, and what is acknowledged stays there.
      const acked = sender.acked;
      await pause(1000);
      expect(await requests()).to.equal(acked * EVENTS);
      expect(running.output().stderr).to.match(/(?:store failed|opened again): .*No space left/);
      disk.resize(mebibytes * 8);
      await within('every acknowledgement', done, 60_000);
      expect(await requests()).to.equal(frames * EVENTS);
      expect((await fetch(`${url}/healthz`)).status).to.equal(200);
      running.child.kill('SIGTERM');
      expect(await running.ended).to.deep.equal({ code: 0, signal: null });
      await start(join(disk.folder, 'full.duckdb'));
      expect(await requests()).to.equal(frames * EVENTS);
      // Before the disk goes.
      running.child.kill('SIGKILL');
      await running.ended;
    });
  }

  it('and a kill -9 on top lose nothing that was acknowledged', async function () {
    this.timeout(60_000);
    const db = join(tempFolder(), 'full.duckdb');
    await start(db, FILE_BLOCKS);
    await fill();
    running.child.kill('SIGKILL');
    await running.ended;
    await start(db);
    await within('every acknowledgement', done, 30_000);
    expect(await requests()).to.equal(FRAMES * EVENTS);
  });
});

describe('a full disk under the files beside the database', () => {
  it('takes no new token or link, which is said, and takes them when there is room again', async function () {
    const disk = smallDisk(30);
    if (disk === undefined) return this.skip();
    const db = join(disk.folder, 'full.duckdb');
    const running = spawnServer(['--port', '0', '--db', db, '--token', TOKEN]);
    const url = (await running.url) ?? '';
    expect(() => writeFileSync(join(disk.folder, 'filling'), randomBytes(40_000_000))).to.throw('ENOSPC');
    const make = async (kind: string, wish: object): Promise<readonly [number, unknown]> => {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(wish) };
      const answer = await fetch(`${url}/api/${kind}`, init);
      return [answer.status, await answer.json()];
    };
    const wishes = { tokens: { name: 'page', purpose: 'read' }, shares: { view: 'overview' } };
    for (const [kind, wish] of Object.entries(wishes))
      expect(await make(kind, wish), kind).to.deep.equal([
        503,
        { error: 'there is no room left on the disk of the server' },
      ]);
    disk.resize(60);
    for (const [kind, wish] of Object.entries(wishes))
      expect((await make(kind, wish))[0], kind).to.equal(201);
    running.child.kill('SIGTERM');
    expect(await running.ended).to.deep.equal({ code: 0, signal: null });
  });
});

describe('a disk that has no room for a backup', () => {
  it('S2 refuses the backup, at whatever part of it there is no room left, and the database goes on as it was', async function () {
    this.timeout(240_000);
    const disk = smallDisk(100);
    if (disk === undefined) return this.skip();
    const running = spawnServer(['--port', '0', '--db', join(disk.folder, 'x.duckdb'), '--token', TOKEN]);
    const url = (await running.url) ?? '';
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const store = async (events: readonly unknown[]): Promise<number> => {
      const body = JSON.stringify({ events: events.map((event) => ({ ...Object(event), client_id: 'x' })) });
      return (await fetch(`${url}/v1/ingest/batch`, { method: 'POST', headers, body })).status;
    };
    for (const frame of framesOf(120)) expect(await store(frame)).to.equal(200);
    const filling = join(disk.folder, 'filling');
    const answers = new Set<string>();
    // The log of the copy takes what the events take, and then its file does once more.
    for (const mebibytes of [1, 8, 14, 16, 18, 20, 22]) {
      const { bavail, bsize } = statfsSync(disk.folder);
      writeFileSync(filling, Buffer.alloc(bavail * bsize - mebibytes * 1_048_576));
      const answer = await fetch(`${url}/api/backup`, { headers });
      const text = await answer.text();
      answers.add(`${answer.status} ${answer.ok ? '' : text}`);
      expect(await store([{ endpoint: '/', method: 'GET' }])).to.equal(200);
      rmSync(filling);
    }
    expect([...answers]).to.deep.equal(['503 {"error":"there is no room left on the disk of the server"}']);
    expect(running.output().stderr).to.not.include('opened again');
    running.child.kill('SIGTERM');
    await running.ended;
  });
});

/** Random, so that the database cannot compress it. */
function framesOf(frames: number): readonly (readonly unknown[])[] {
  return Array.from({ length: frames }, () =>
    Array.from({ length: EVENTS }, () => ({
      endpoint: `/${randomBytes(200).toString('hex')}`,
      method: 'GET',
      custom_data: { text: randomBytes(400).toString('hex') },
    })),
  );
}
