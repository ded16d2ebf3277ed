// Endpoints have thresholds of Apdex of their own: kept by the server, used by its answers, and taken back.
import { join } from 'node:path';

import { expect } from 'chai';

import { KeptThresholds, MAX_THRESHOLDS } from '../../dist/api/apdex/kept-thresholds.js';
import type { CerberusServer } from '../../dist/server.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { START, wireEvent } from '../support/events/events.js';
import { openStore, usePreparedPostgres } from '../support/databases/postgres-store.js';
import { call, server, stopServers } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

type Json = Record<string, unknown>;
type Answer = Awaited<ReturnType<typeof call>>;

const RANGE = `since=${START - 3_600_000}&until=${START + 3_600_000}`;
const USERS = 'client_id=my-app&method=GET&endpoint=/api/users/:id';
const PATHS = 'client_id=my-app&endpoint=(no%20route)';

describe('/api/apdex-thresholds', function () {
  this.timeout(20_000);
  let running: CerberusServer;

  function send(method: string, query: string, body?: unknown): Promise<Answer> {
    return call(`${running.url}/api/apdex-thresholds${query === '' ? '' : `?${query}`}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
  }

  const set = (query: string, threshold: unknown): Promise<Answer> =>
    send('PUT', query, { threshold_ms: threshold });

  async function listed(): Promise<unknown> {
    return (await send('GET', '')).body['thresholds'];
  }

  /** Of each endpoint: its Apdex, the threshold, and whether that is its own. */
  async function scores(query = ''): Promise<unknown> {
    const { body } = await call(`${running.url}/api/endpoints?${RANGE}&sort=apdex${query}`);
    return (body['endpoints'] as Json[]).map((row) => [
      row['endpoint'],
      row['apdex'],
      row['threshold_ms'],
      row['own_threshold'],
    ]);
  }

  /** The threshold that latencies are judged by, and that of the endpoint. */
  async function judged(query: string): Promise<unknown> {
    const { body } = await call(`${running.url}/api/latency?${RANGE}&${query}`);
    const { threshold_ms: threshold, own_threshold_ms: own } = body['apdex'] as Json;
    return [threshold, own];
  }

  async function started(db = ':memory:'): Promise<void> {
    running = await server({ db });
    // Of 12 milliseconds each.
    const events = [wireEvent(), wireEvent({ route: '/fast' }), { ...wireEvent(), client_id: 'other' }];
    const stored = await call(`${running.url}/v1/ingest/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: events.map((event) => ({ client_id: 'my-app', ...event })) }),
    });
    expect(stored.status, JSON.stringify(stored.body)).to.equal(200);
  }

  it('gives an endpoint a threshold of its own, changes it, and takes it back', async () => {
    await started();
    const named = { client_id: 'my-app', method: 'GET', endpoint: '/api/users/:id' };
    expect((await set(USERS, 5)).body).to.deep.equal({ ...named, threshold_ms: 5 });
    expect((await set(USERS, 7)).body).to.deep.equal({ ...named, threshold_ms: 7 });
    expect(await listed()).to.deep.equal([{ ...named, threshold_ms: 7 }]);
    const gone = await send('DELETE', USERS);
    expect([gone.status, gone.body]).to.deep.equal([200, named]);
    expect(await listed()).to.deep.equal([]);
    expect((await send('DELETE', USERS)).status).to.equal(404);
  });

  it('is what the list of endpoints is worked out by and sorted by, before that of the question', async () => {
    await started();
    await set(USERS, 5);
    expect(await scores()).to.deep.equal([
      ['/api/users/:id', 0.5, 5, true],
      ['/api/users/:id', 1, 500, false],
      ['/fast', 1, 500, false],
    ]);
    expect(await scores('&threshold=1')).to.deep.equal([
      ['/api/users/:id', 0, 1, false],
      ['/fast', 0, 1, false],
      ['/api/users/:id', 0.5, 5, true],
    ]);
    await send('DELETE', USERS);
    expect(await scores('&client_id=my-app&q=users')).to.deep.equal([['/api/users/:id', 1, 500, false]]);
  });

  it('is what latencies of that endpoint are judged by, unless the question says another one', async () => {
    await started();
    await set(USERS, 5);
    await set(PATHS, 9);
    expect(await judged(USERS)).to.deep.equal([5, 5]);
    expect(await judged(`${USERS}&status=2xx`)).to.deep.equal([5, 5]);
    expect(await judged(`${USERS}&threshold=300`)).to.deep.equal([300, 5]);
    expect(await judged(PATHS)).to.deep.equal([9, 9]);
    for (const others of [
      'client_id=my-app',
      'client_id=my-app&endpoint=/api/users/:id',
      'client_id=other&method=GET&endpoint=/api/users/:id',
    ])
      expect(await judged(others)).to.deep.equal([500, null]);
  });

  it('outlives a restart', async () => {
    const db = join(tempFolder(), 'x.duckdb');
    await started(db);
    await set(USERS, 5);
    await stopServers();
    running = await server({ db });
    expect(await scores()).to.deep.include(['/api/users/:id', 0.5, 5, true]);
  });

  it('refuses what is no threshold, no endpoint, or not known here', async () => {
    await started();
    for (const threshold of [0, -1, 1.5, 3_600_001, '500', null]) {
      const { status, body } = await set(USERS, threshold);
      expect([status, body['error']]).to.deep.equal([
        400,
        '`threshold_ms` must be a whole number from 1 to 3600000',
      ]);
    }
    for (const [query, error] of [
      ['client_id=my-app&method=GET', '`endpoint` must be 1 to 2048 characters without NUL'],
      ['client_id=my-app&endpoint=/a', '`method` must be given: it is a part of the endpoint'],
      [`${PATHS}&method=GET`, '`method` must be left out: requests of all methods are listed together there'],
      [`${USERS}&colour=red`, 'there is no parameter "colour" here, but these: client_id, method, endpoint'],
    ] as const)
      for (const method of ['PUT', 'DELETE']) {
        const { status, body } = await send(
          method,
          query,
          method === 'PUT' ? { threshold_ms: 5 } : undefined,
        );
        expect([status, body['error']]).to.deep.equal([400, error]);
      }
    const extra = await send('PUT', USERS, { threshold_ms: 5, note: 'x' });
    expect(extra.body['error']).to.equal('there is no member "note" here, but these: threshold_ms');
    expect((await send('GET', 'limit=5')).status).to.equal(400);
    expect(await listed()).to.deep.equal([]);
  });
});

describe('thresholds of endpoints', () => {
  const of = (n: number) => ({ clientId: 'shop', method: 'GET', endpoint: `/${n}`, thresholdMillis: 1 + n });

  it('are at most a thousand, of which each can still be changed', async () => {
    const thresholds = new KeptThresholds(new MemoryStore().documents);
    for (let n = 0; n < MAX_THRESHOLDS; n += 1) expect(await thresholds.set(of(n))).to.equal(undefined);
    expect(await thresholds.set(of(MAX_THRESHOLDS))).to.equal('full');
    expect(await thresholds.set({ ...of(1), thresholdMillis: 77 })).to.equal(undefined);
    expect(await thresholds.of(of(1))).to.equal(77);
    expect(await thresholds.list()).to.have.length(MAX_THRESHOLDS);
    expect(await thresholds.remove(of(0))).to.equal(undefined);
    expect(await thresholds.set(of(MAX_THRESHOLDS))).to.equal(undefined);
  });

  it('that a later version has made, and this one cannot read, are left alone', async () => {
    const { documents } = new MemoryStore();
    await documents.change([
      { kind: 'apdex_threshold', id: 'later', version: 0, content: '{"percentile":95}' },
    ]);
    const thresholds = new KeptThresholds(documents);
    await thresholds.set(of(1));
    expect(await thresholds.list()).to.deep.equal([of(1)]);
    expect(await documents.list(['apdex_threshold'])).to.have.length(2);
  });

  describe('with PostgreSQL', () => {
    const freshDatabase = usePreparedPostgres();

    it('are the same for all servers on a database, and of two that set one at once none is lost unheard', async function () {
      this.timeout(30_000);
      const url = await freshDatabase();
      const stores = [await openStore(url), await openStore(url)];
      for (const store of stores) afterTest(() => store.close());
      const [one, other] = stores.map(({ documents }) => new KeptThresholds(documents));
      if (one === undefined || other === undefined) throw new Error('two servers');
      const long = { ...of(1), endpoint: `/${'é'.repeat(2000)}` };
      expect(await one.set(long)).to.equal(undefined);
      expect(await other.of(long)).to.equal(2);
      const done = await Promise.all([
        one.set({ ...long, thresholdMillis: 3 }),
        other.set({ ...long, thresholdMillis: 4 }),
      ]);
      const kept = await one.of(long);
      expect(done[kept === 3 ? 0 : 1]).to.equal(undefined);
      for (const result of done) expect(result).to.be.oneOf([undefined, 'conflict']);
      expect(await other.list()).to.have.length(1);
    });
  });
});
