import { join } from 'node:path';

import { expect } from 'chai';

import { Counters } from '../../dist/observe/counters.js';
import { ServerMetrics } from '../../dist/observe/metrics.js';
import { BatchSession } from '../../dist/receive/batch-session.js';
import { ProducerRegistry } from '../../dist/receive/producer-registry.js';
import { Receiver } from '../../dist/receive/receiver.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { FORGET_AFTER_MILLIS, startForgetting, type ForgettingClock } from '../../dist/store/forgetting.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import type { Store } from '../../dist/store/store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { append, producerRef, START } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

const DAY = 86_400_000;

/** A clock that the test moves. */
class ManualClock implements ForgettingClock {
  time = START;
  intervals: { readonly millis: number; readonly task: () => void }[] = [];
  now = (): number => this.time;
  every = (millis: number, task: () => void): (() => void) => {
    const interval = { millis, task };
    this.intervals.push(interval);
    return () => (this.intervals = this.intervals.filter((each) => each !== interval));
  };

  pass(days: number): void {
    this.time += days * DAY;
    for (const { task } of this.intervals) task();
  }
}

describe('forgetting', () => {
  let store: MemoryStore;
  let clock: ManualClock;
  let lines: string[];
  let connected: string[];

  beforeEach(() => {
    store = new MemoryStore();
    clock = new ManualClock();
    lines = [];
    connected = [];
  });

  const start = (target: Partial<Store> = {}): (() => void) =>
    startForgetting({
      store: {
        arrivals: (before) => store.arrivals(before),
        forgetProducers: (...given) => store.forgetProducers(...given),
        ...target,
      },
      connected: () => connected,
      log: (level, line) => lines.push(`${level} ${line}`),
      clock,
    });
  const seen = (producer: string): Promise<unknown> =>
    store.append(append({ producer: producerRef({ producer }), receivedAt: clock.time, seq: 7 }));
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('happens at start and once a day until it is stopped', async () => {
    let calls = 0;
    const stop = start({
      forgetProducers: () => {
        calls += 1;
        return Promise.resolve(0);
      },
    });
    await settled();
    expect(calls).to.equal(1);
    expect(clock.intervals.map(({ millis }) => millis)).to.deep.equal([DAY]);
    clock.pass(1);
    await settled();
    expect(calls).to.equal(2);
    stop();
    clock.pass(1);
    await settled();
    expect([calls, lines]).to.deep.equal([2, []]);
  });

  it('keeps a producer for 30 days after it was last seen, and not longer', async () => {
    await seen('a');
    start();
    clock.pass(30);
    await settled();
    expect((await store.producer('a'))?.lastSeq ?? 0).to.equal(7);
    clock.pass(1);
    await settled();
    expect((await store.producer('a'))?.lastSeq ?? 0).to.equal(0);
    expect(lines).to.deep.equal(['info forgot 1 producers that were not seen for 30 days']);
  });

  it('keeps a producer that is connected, however long it says nothing', async () => {
    await seen('idle');
    connected = ['idle'];
    start();
    clock.pass(400);
    await settled();
    expect((await store.producer('idle'))?.lastSeq ?? 0).to.equal(7);
  });

  it('says that it failed, and tries again the next day', async () => {
    let calls = 0;
    start({ forgetProducers: () => Promise.reject(new Error(`secret ${(calls += 1)}`)) });
    clock.pass(1);
    await settled();
    expect(calls).to.equal(2);
    expect(lines[0]).to.equal('warn could not forget old producers: Error');
  });
});

describe('a producer', () => {
  it('counts as connected from its hello until its connection ends', async () => {
    const peer = { send() {}, close() {}, pause() {}, resume() {}, guessed() {}, authenticated() {} };
    const registry = new ProducerRegistry();
    const limits = {
      maxPendingBytes: 1,
      maxPendingEvents: 1,
      maxEventAgeDays: 30,
      maxEventAheadMillis: 0,
      sendAwayAfterMillis: Infinity,
    };
    const receiver = new Receiver(new MemoryStore(), new Counters(), new ServerMetrics(), limits, () => {});
    const session = new BatchSession(
      peer,
      receiver,
      registry,
      { maxFrameBytes: 1000, maxInFlightFrames: 1, throttleMillis: 1, helloTimeoutMillis: 1000 },
      { grant: { id: 'x', held: 'ingest', application: undefined }, tokens: { holds: () => true } },
    );
    session.receive(Buffer.from('{"type":"hello","client_id":"a","producer":"p"}'), false);
    expect([...registry.producers()]).to.deep.equal(['p']);
    session.disconnected();
    await until('it is released', () => registry.size === 0);
  });
});

describe('a server that starts', () => {
  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  it('forgets producers of long ago and keeps their events and everybody else', async () => {
    const db = join(tempFolder(), 'test.duckdb');
    const before = await DuckDbStore.open(db, { memoryLimit: '256MB', threads: 1 });
    for (const [producer, receivedAt] of [
      ['old', Date.now() - FORGET_AFTER_MILLIS - DAY],
      ['recent', Date.now() - FORGET_AFTER_MILLIS + DAY],
    ] as const) {
      await before.append(append({ producer: producerRef({ producer }), seq: 7, receivedAt }));
    }
    await before.close();
    const lines: string[] = [];
    const running = await server({ db, retentionDays: 60, log: (_, line) => lines.push(line) });
    await until('it has forgotten', () => lines.some((line) => line.startsWith('forgot 1 producers')));
    expect((await call(`${running.url}/api/summary`)).body['requests']).to.equal(2);
    expect(await lastSeqOf(running.wsUrl, 'old')).to.equal(0);
    expect(await lastSeqOf(running.wsUrl, 'recent')).to.equal(7);
  });
});

async function lastSeqOf(wsUrl: string, producer: string): Promise<unknown> {
  const client = await WsClient.connect(wsUrl, { token: TOKEN, batch: true });
  client.hello(producer);
  const welcome = await client.next();
  await client.close();
  return welcome['last_seq'];
}
