import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { startServer, type CerberusServer } from '../../../dist/server.js';
import { DuckDbStore } from '../../../dist/store/duckdb/store.js';
import { append, claimOf, producerRef, storeEvent } from '../../support/events/events.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { openStore, SECRETS } from '../../support/databases/postgres-store.js';
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
    expect(await migrate()).to.deep.equal({
      code: 0,
      output: 'copied 3 events and 2 producers\ncopied 0 settings, and 0 tokens and links\n',
    });
    const store = await openStore(url);
    const { claim, lastSeq } = await claimOf(store);
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

  it('copies when releases were first seen, also of those whose events are gone', async () => {
    await oldServer(async (store) => {
      const seen = async (seq: number, version: string, at: number): Promise<unknown> => {
        const events = [storeEvent({ release: version, timestamp: at })];
        return store.append(append({ seq, events, receivedAt: at }));
      };
      await seen(1, '1.0', NOW - 60 * DAY);
      await seen(2, '1.1', NOW - 50 * DAY);
      await store.deleteOld({ before: NOW - 30 * DAY, maxBytes: undefined });
      await seen(3, '1.1', NOW - 2 * DAY);
      // Its first event came before one that says that it is older.
      await seen(4, '1.2', NOW - DAY);
      await seen(5, '1.2', NOW - 2 * DAY);
    });
    expect((await migrate()).code).to.equal(0);
    const store = await openStore(url);
    const releases = await store.analytics.releases({ since: 0, until: NOW + DAY, limit: 10 });
    await store.close();
    expect(releases.map(({ version, firstSeen }) => [version, NOW - firstSeen])).to.deep.equal([
      ['1.2', DAY],
      ['1.1', 50 * DAY],
      ['1.0', 60 * DAY],
    ]);
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
    expect((await migrate()).output).to.match(/^copied 0 events and 1 producers\n/);
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

  it('copies what people have set up, too: tokens, links and thresholds go on, and a second run changes nothing', async () => {
    const old = await startServer({ db: file, port: 0, host: '127.0.0.1', ...SECRETS });
    const asAdmin = { authorization: `Bearer ${SECRETS.token}`, 'content-type': 'application/json' };
    const send = async (
      { url: base }: CerberusServer,
      method: string,
      path: string,
      body?: object,
    ): Promise<Record<string, unknown>> => {
      const sent = { method, headers: asAdmin, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const response = await fetch(`${base}${path}`, sent);
      expect(response.ok, `${method} ${path}`).to.equal(true);
      return (await response.json()) as Record<string, unknown>;
    };
    const { token } = await send(old, 'POST', '/api/tokens', { name: 'dashboards', purpose: 'read' });
    const { secret } = await send(old, 'POST', '/api/shares', {
      view: 'overview',
      range: '24h',
      valid_for: '7d',
      details: false,
    });
    const threshold = '/api/apdex-thresholds?client_id=shop&method=GET&endpoint=/reports';
    await send(old, 'PUT', threshold, { threshold_ms: 3000 });
    await old.close();

    const { code, output } = await migrate();
    expect({ code, output }).to.deep.equal({
      code: 0,
      output: 'copied 0 events and 0 producers\ncopied 1 settings, and 2 tokens and links\n',
    });
    const isAllThere = async (now: CerberusServer): Promise<void> => {
      for (const [bearer, status] of [
        [token, 200],
        [secret, 200],
        ['made-up', 401],
      ]) {
        const headers = { authorization: `Bearer ${String(bearer)}` };
        expect((await fetch(`${now.url}/api/session`, { headers })).status).to.equal(status);
      }
      const { thresholds } = await send(now, 'GET', '/api/apdex-thresholds');
      expect(thresholds).to.have.length(1);
    };
    const shared = { store: url, port: 0, host: '127.0.0.1', ...SECRETS };
    const first = await startServer(shared);
    await isAllThere(first);
    await send(first, 'PUT', threshold, { threshold_ms: 4000 });
    await first.close();
    expect((await migrate()).code).to.equal(0);
    const second = await startServer(shared);
    await isAllThere(second);
    expect(JSON.stringify(await send(second, 'GET', '/api/apdex-thresholds'))).to.include('4000');
    await second.close();
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
