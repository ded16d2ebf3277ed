// Promise: what was acknowledged is stored for good, and in batch mode nothing is stored twice, wherever a kill -9 of
// the server strikes. The server runs in a process of its own and is killed in the middle of its work.

import { statSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';

import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { BatchSender } from '../support/senders/batch-sender.js';
import { pause, until, within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { spawnServer, type ServerProcess } from '../support/processes/server-process.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

const TOKEN = 'kill-test';
const PRODUCERS = ['producer-a', 'producer-b', 'producer-c'];
const FRAMES = 1500;
const EVENTS = 2;
const KILLS = 5;
/** The server merges DuckDB's write-ahead log into the file from this size on. */
const MERGE_BYTES = 12 * 1_048_576;

describe('kill -9 of the server', () => {
  let db: string;
  let running: ServerProcess | undefined;
  let url = '';

  async function start(): Promise<void> {
    running = spawnServer(['--port', '0', '--db', db, '--token', TOKEN]);
    url = (await running.url) ?? '';
    expect(url, running.output().stderr).to.match(/^http/);
  }

  async function kill(): Promise<void> {
    running?.child.kill('SIGKILL');
    await running?.ended;
  }

  const wsUrl = (): string => `${url.replace('http', 'ws')}/ws/events`;

  beforeEach(() => {
    db = join(tempFolder(), 'kill.duckdb');
  });

  afterEach(async () => {
    await kill();
    removeTempFolders();
  });

  it('loses nothing acknowledged and doubles nothing in batch mode', async function () {
    this.timeout(240_000);
    await start();
    const senders = PRODUCERS.map(
      (producer, index) =>
        new BatchSender({
          wsUrl,
          token: TOKEN,
          producer,
          frames: framesOf(producer),
          // One of them sends again what is stored already.
          repeats: index === 1 ? 3 : 0,
        }),
    );
    const done = Promise.all(senders.map((sender) => sender.run()));
    try {
      for (let round = 0; round < KILLS; round += 1) {
        const before = acked(senders);
        await until('frames are acknowledged', () => acked(senders) > before || isDone(senders), 15_000);
        await pause(20 + Math.random() * 150);
        await kill();
        await checkFile(db, senders);
        await start();
      }
      expect(senders.every((sender) => sender.connections > KILLS / 2)).to.equal(true);
      await within('the last acknowledgement', done, 40_000);
    } finally {
      for (const sender of senders) sender.stop();
    }
    await kill();
    await checkFile(db, senders);
    const expected = PRODUCERS.length * FRAMES * EVENTS;
    expect(await totals(db)).to.deep.equal([expected, expected, expected]);
  });

  it('loses nothing acknowledged while the write-ahead log is merged into the file', async function () {
    this.timeout(240_000);
    const [path, text] = ['/'.padEnd(2048, 'p'), 'x'.repeat(1024)];
    const event = { endpoint: path, route: path, user_agent: text, user_id: text, session_id: text };
    const events = Array.from({ length: 50 }, () => wireEvent(event));
    const frames = Array.from({ length: 240 }, () => events);
    await start();
    const sender = new BatchSender({ wsUrl, token: TOKEN, producer: 'producer-a', frames });
    const done = sender.run();
    try {
      await until('the log is to be merged', () => bytesOf(`${db}.wal`) >= MERGE_BYTES, 30_000);
      await pause(Math.random() * 300);
      await kill();
      expect(sender.acked).to.be.within(1, frames.length - 1);
      await start();
      await within('the last acknowledgement', done, 30_000);
      await until('the log was merged', () => bytesOf(`${db}.wal`) < MERGE_BYTES, 15_000);
    } finally {
      sender.stop();
    }
    await kill();
    const store = await DuckDbStore.open(db, { memoryLimit: '256MB', threads: 1 });
    expect((await store.summary({})).requests).to.equal(frames.length * events.length);
    await store.close();
  });

  it('loses nothing acknowledged in event mode', async function () {
    this.timeout(120_000);
    let answered = 0;
    for (let round = 0; round < 2; round += 1) {
      await start();
      const client = await WsClient.connect(wsUrl());
      const target = answered + 40 + Math.floor(Math.random() * 40);
      for (let n = 0; n < 500; n += 1) client.send({ ...wireEvent(), client_id: 'app', token: TOKEN });
      for (; answered < target; answered += 1) expect(await client.next()).to.deep.equal({ status: 'ok' });
      await kill();
      await client.ended();
      answered += client.waiting;
      const store = await DuckDbStore.open(db, { memoryLimit: '256MB', threads: 1 });
      expect((await store.summary({})).requests).to.be.at.least(answered);
      await store.close();
    }
  });
});

function framesOf(producer: string): readonly (readonly unknown[])[] {
  return Array.from({ length: FRAMES }, (_, frame) =>
    Array.from({ length: EVENTS }, (__, index) => ({
      endpoint: `/${producer}/${frame + 1}/${index}`,
      method: 'GET',
      status_code: 200,
      trace_id: hex(PRODUCERS.indexOf(producer) + 1, 32),
      span_id: hex(frame * EVENTS + index + 1, 16),
    })),
  );
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}

function acked(senders: readonly BatchSender[]): number {
  return senders.reduce((sum, sender) => sum + sender.acked, 0);
}

function isDone(senders: readonly BatchSender[]): boolean {
  return acked(senders) === PRODUCERS.length * FRAMES;
}

/** What the killed process left: every acknowledged frame, and rows that agree with each producer's number. */
async function checkFile(db: string, senders: readonly BatchSender[]): Promise<void> {
  const store = await DuckDbStore.open(db, { memoryLimit: '256MB', threads: 1 });
  let events = 0;
  for (const [index, producer] of PRODUCERS.entries()) {
    const row = await store.producer(producer);
    expect(row?.lastSeq ?? 0, producer).to.be.at.least(senders[index]?.acked ?? 0);
    expect(row?.events ?? 0, producer).to.equal((row?.lastSeq ?? 0) * EVENTS);
    events += row?.events ?? 0;
  }
  expect((await store.summary({})).requests).to.equal(events);
  await store.close();
}

/** Rows, distinct paths and distinct identities: each event has a path, and a `(trace_id, span_id)`, of its own. */
async function totals(db: string): Promise<readonly number[]> {
  const instance = await DuckDBInstance.create(db);
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(
    'SELECT count(*), count(DISTINCT endpoint), count(DISTINCT (trace_id, span_id)) FROM events',
  );
  connection.closeSync();
  instance.closeSync();
  return rows.getRows()[0]?.map(Number) ?? [];
}
