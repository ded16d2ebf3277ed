import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { DuckDbStore } from '../../../dist/store/duckdb/store.js';
import { append, producerRef, storeEvent } from '../../support/events.js';
import { ask, usePostgres } from '../../support/postgres.js';
import { openStore, SECRETS } from '../../support/postgres-store.js';
import { removeTempFolders, tempFolder } from '../../support/temp-folder.js';

const COMMAND = fileURLToPath(new URL('../../../bin/cerberus-server.mjs', import.meta.url));
const DAY = 86_400_000;
const NOW = Date.now();
const FRAMES = 60;
const EVENTS_OF_FRAME = 1000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

describe('cerberus-server migrate', function () {
  this.timeout(90_000);
  const freshDatabase = usePostgres();
  let url: string;
  let file: string;

  /** @param killAfterMillis - a power cut */
  async function migrate(killAfterMillis?: number): Promise<Ended> {
    const child = spawn(process.execPath, [COMMAND, 'migrate', '--from', file], {
      env: {
        ...process.env,
        CERBERUS_SERVER_STORE: url,
        CERBERUS_SERVER_TOKEN: SECRETS.token,
        CERBERUS_SERVER_SECRET_KEY: SECRETS.secretKey,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    if (killAfterMillis !== undefined) void sleep(killAfterMillis).then(() => child.kill('SIGKILL'));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  async function oldServer(write: (store: DuckDbStore) => Promise<void>): Promise<void> {
    const store = await DuckDbStore.open(file, { memoryLimit: '256MB', threads: 1 });
    await write(store);
    await store.close();
  }

  beforeEach(async () => {
    url = await freshDatabase();
    file = join(tempFolder(), 'old.duckdb');
  });

  afterEach(removeTempFolders);

  it('copies events and how far exporters had come, so that they go on without storing anything twice', async () => {
    const events = [
      storeEvent(),
      storeEvent({ sourceIp: null, customData: '{"a":"\\u0000"}', endpoint: '/日本' }),
    ];
    await oldServer(async (store) => {
      await store.append(append({ seq: 41, events, rejected: 3, receivedAt: NOW - DAY }));
      await store.append(
        append({ seq: null, producer: producerRef({ producer: 'event:e', mode: 'event' }), receivedAt: NOW }),
      );
    });
    expect(await migrate()).to.deep.equal({ code: 0, output: 'copied 3 events and 2 producers\n' });
    const store = await openStore(url);
    const { claim, lastSeq } = await store.claim(producerRef());
    expect(lastSeq).to.equal(41);
    expect((await store.append(append({ seq: 41, claim }))).status).to.equal('duplicate');
    expect((await store.append(append({ seq: 42, claim, receivedAt: NOW }))).status).to.equal('stored');
    expect(await store.producer('producer-1')).to.include({ events: 3, rejected: 3, firstSeen: NOW - DAY });
    expect(await store.producer('event:e')).to.include({ events: 1 });
    const stored = await store.events({ limit: 10 });
    const copied = stored.map(({ id: _id, receivedAt: _at, ...event }) => event);
    for (const event of events) expect(copied).to.deep.include(event);
    await store.close();
  });

  it('goes on after a kill at any point, and copies each event once', async () => {
    await oldServer(async (store) => {
      for (let seq = 1; seq <= FRAMES; seq += 1) {
        const events = Array.from({ length: EVENTS_OF_FRAME }, (_, index) =>
          storeEvent({ spanId: (seq * EVENTS_OF_FRAME + index).toString(16).padStart(16, '0') }),
        );
        await store.append(append({ seq, events, receivedAt: NOW - (seq % 3) * DAY }));
      }
    });
    for (const millis of [1200, 1800, 2500]) await migrate(millis);
    expect((await migrate()).code).to.equal(0);
    expect((await migrate()).output).to.equal('copied 0 events and 1 producers\n');
    const [row] = await ask<{ n: number; distinct: number }>(
      url,
      'SELECT count(*)::int AS n, count(DISTINCT span_id)::int AS distinct FROM events',
    );
    expect(row).to.deep.equal({ n: FRAMES * EVENTS_OF_FRAME, distinct: FRAMES * EVENTS_OF_FRAME });
    const store = await openStore(url);
    expect(await store.producer('producer-1')).to.include({
      lastSeq: FRAMES,
      events: FRAMES * EVENTS_OF_FRAME,
    });
    await store.close();
    const [minutes] = await ask<{ sum: number }>(url, 'SELECT sum(requests)::int AS sum FROM minutes');
    expect(minutes?.sum).to.equal(FRAMES * EVENTS_OF_FRAME);
  });

  it('refuses a file that is not there, and one that a server has open', async () => {
    expect(await migrate()).to.deep.include({ code: 1 });
    const store = await DuckDbStore.open(file, { memoryLimit: '256MB', threads: 1 });
    const { code, output } = await migrate();
    await store.close();
    expect(code).to.equal(1);
    expect(output).to.match(/^cerberus-server migrate: .*in use/);
  });
});
