import { join } from 'node:path';

import { expect } from 'chai';

import { CommitRate } from '../../dist/observe/commit-rate.js';
import type { CerberusServer } from '../../dist/server.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { HASH, START, storeEvent, wireEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

type Json = Record<string, unknown>;

describe('the endpoints of the page', () => {
  let running: CerberusServer;
  let client: WsClient;

  async function get(path: string): Promise<Json> {
    const { status, body } = await call(`${running.url}${path}`);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  }

  beforeEach(async () => {
    running = await server({ db: join(tempFolder(), 'x.duckdb') });
    client = await WsClient.batch(running.wsUrl, TOKEN, 'producer-1');
    client.frame(1, wireEvent(), wireEvent({ status_code: 500, outcome: 'error', timestamp: undefined }), {});
    await client.next();
  });

  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  const RANGE = `since=2025-03-01T11:00:00Z&until=${START + 3_600_000}`;

  it('give an overview in the form of the document', async () => {
    const body = await get(`/api/overview?${RANGE}&bucket=1h`);
    const latency = { p50: 12.345, p95: 12.345, p99: 12.345 };
    expect(body).to.deep.include({
      since: '2025-03-01T11:00:00.000Z',
      until: '2025-03-01T13:00:00.000Z',
      bucket_millis: 3_600_000,
      estimated: false,
      now: { requests_per_second: 0.2 },
      totals: { requests: 1, errors: 0, clients: 1, latency_ms: latency },
      methods: [{ method: 'GET', requests: 1 }],
      outcomes: [{ outcome: 'completed', requests: 1 }],
      status_codes: [{ status_code: 200, requests: 1 }],
    });
    expect(body['series']).to.have.length(2);
    expect(body).to.have.nested.property('series[1].by_status.2xx', 1);
    expect(body).to.have.nested.property('histogram[0].requests', 1);
  });

  it('compare with the range before where it was kept and has a hundred requests', async () => {
    const compared = async (query: string): Promise<unknown> => {
      const { previous, not_compared: why } = await get(`/api/overview?${query}`);
      return [(previous as Json | null)?.['requests'] ?? null, why];
    };
    const hour = (from: number): string =>
      `since=${START + from * 3_600_000}&until=${START + (from + 1) * 3_600_000}`;
    expect(await compared(hour(1))).to.deep.equal([null, 'not_kept']);
    client.frame(2, wireEvent({ timestamp: '2025-03-01T09:00:00Z' }));
    await client.next();
    expect(await compared(hour(1))).to.deep.equal([null, 'few_requests']);
    client.frame(3, ...Array.from({ length: 99 }, () => wireEvent()));
    await client.next();
    expect(await compared(hour(1))).to.deep.equal([100, null]);
  });

  it('tell how latencies are spread, how many are fast enough, and the hours of the week', async () => {
    const spread = await get(`/api/latency?${RANGE}&bucket=1h&threshold=10`);
    expect(spread).to.deep.include({
      bucket_millis: 3_600_000,
      apdex: {
        threshold_ms: 10,
        own_threshold_ms: null,
        score: 0.5,
        satisfied: 0,
        tolerating: 1,
        frustrated: 0,
        satisfied_to_ms: 10.1150263539,
        tolerating_to_ms: 41.5113859381,
      },
      heat: [
        { start: '2025-03-01T11:00:00.000Z', requests: [0] },
        { start: '2025-03-01T12:00:00.000Z', requests: [1] },
      ],
    });
    expect(spread).to.have.nested.property('bins[0].requests', 1);
    expect(await get('/api/latency?method=PUT')).to.have.nested.property('apdex.score', null);
    const week = await get(`/api/week?${RANGE}&time_zone=Asia/Tokyo`);
    expect(week).to.have.nested.property('hours[0].p95').that.is.closeTo(12.345, 0.25);
    // Noon of a Saturday in London is nine in the evening there.
    expect(week).to.deep.nested.include({
      time_zone: 'Asia/Tokyo',
      'hours[0].weekday': 6,
      'hours[0].hour': 21,
      'hours[0].requests': 1,
    });
  });

  it('list what failed, with its first and last time', async () => {
    const { errors, total, requests } = (await get('/api/errors')) as {
      errors: Json[];
      [name: string]: unknown;
    };
    expect([total, requests, errors.length]).to.deep.equal([1, 1, 1]);
    expect(errors[0]).to.deep.include({
      client_id: 'my-app',
      method: 'GET',
      endpoint: '/api/users/:id',
      error_type: null,
      status_code: 500,
      requests: 1,
    });
    expect(errors[0]?.['first_seen']).to.equal(errors[0]?.['last_seen']);
  });

  it('are about the last 24 hours where no range is given, and say when they estimate', async () => {
    expect(await get('/api/overview')).to.have.nested.property('totals.requests', 1);
    const month = `since=${Date.now() - 30 * 86_400_000}`;
    const body = await get(`/api/overview?${month}`);
    expect(body).to.include({ estimated: true }).and.have.nested.property('totals.requests', 1);
    expect(body['series']).to.have.length.within(30, 120);
  });

  it('list endpoints, clients and custom metrics', async () => {
    expect(await get(`/api/endpoints?${RANGE}`)).to.have.nested.property('endpoints[0].share', 1);
    expect(await get(`/api/clients?${RANGE}`)).to.have.nested.property(
      'clients[0].last_seen',
      '2025-03-01T12:00:00.000Z',
    );
    expect(await get(`/api/custom-metrics?${RANGE}`)).to.deep.include({ events: 1, estimated: false });
    const detail = await get(`/api/custom-metrics/detail?${RANGE}&name=cache_hit&group=endpoint`);
    const ofLongRange = await get('/api/custom-metrics/detail?since=0&until=93600000&name=cache_hit');
    expect(ofLongRange['bucket_millis'], 'hours, of which there are aggregates').to.equal(3_600_000);
    expect(detail).to.deep.include({
      name: 'cache_hit',
      events: 1,
      coverage: 1,
      numbers: null,
      shares: [{ value: true, count: 1 }],
    });
    expect(detail).to.have.nested.property('groups[0].endpoint', '/api/users/:id');
  });

  it('find clients by the first digits of their pseudonyms, in any case, and say what is wrong with others', async () => {
    const find = async (q: string): Promise<readonly unknown[]> => {
      const { clients } = (await get(`/api/clients?${RANGE}&q=${q}`)) as { clients: Json[] };
      return clients.map((found) => found['source_ip']);
    };
    const [pseudonym = ''] = (await find(HASH.slice(0, 2).toUpperCase())) as string[];
    expect(pseudonym).to.equal(HASH);
    expect(await find(HASH.toUpperCase())).to.deep.equal([HASH]);
    expect(await find(`${HASH.slice(0, 63)}${HASH.endsWith('0') ? '1' : '0'}`)).to.deep.equal([]);
    const { status, body } = await call(`${running.url}/api/clients?q=shop`);
    expect([status, body['error']]).to.deep.equal([
      400,
      '`q` must be 1 to 64 hex digits, the first of a pseudonym',
    ]);
  });

  it('filter events by method, status and outcome', async () => {
    const count = async (query: string): Promise<number> =>
      ((await get(`/api/events?${query}`))['events'] as unknown[]).length;
    expect(await count('status=5xx')).to.equal(1);
    expect(await count('status=200')).to.equal(1);
    expect(await count('outcome=error&method=GET')).to.equal(1);
    expect(await count('method=POST')).to.equal(0);
  });

  it('tell who sends, whether it is connected, and what was refused', async () => {
    await call(`${running.url}/api/events`, { headers: { authorization: 'Bearer wrong' } });
    const source = async (): Promise<Json> => ((await get('/api/sources'))['sources'] as Json[])[0] ?? {};
    expect(await source()).to.deep.include({
      client_id: 'my-app',
      mode: 'batch',
      producer: 'producer-1',
      last_seq: 1,
      events: 2,
      rejected: 1,
      throttled: 0,
      connected: true,
    });
    const body = await get('/api/sources?client_id=nobody');
    expect(body).to.deep.include({ sources: [], client_ids: ['my-app'] });
    expect(body['refused']).to.deep.include({ reason: 'unauthorized', count: 1 });
    await client.close();
    await until('it is gone', async () => (await source())['connected'] === false);
  });

  it('show event-mode senders of a client id as one source, while one of them is connected', async () => {
    const sender = await WsClient.connect(running.wsUrl, { token: TOKEN });
    sender.send(JSON.stringify(wireEvent({ token: TOKEN, client_id: 'django' })));
    await sender.next();
    const source = async (): Promise<Json | undefined> =>
      ((await get('/api/sources'))['sources'] as Json[]).find((each) => each['client_id'] === 'django');
    expect(await source()).to.deep.include({
      mode: 'event',
      producer: null,
      last_seq: null,
      connected: true,
    });
    await sender.close();
    await until('it is gone', async () => (await source())?.['connected'] === false);
  });

  it('tell what an application says of itself, and nothing of those that say nothing or nonsense', async () => {
    const said = { service_version: '1.2.3', deployment_environment: 'test', service_instance_id: 'pod-1' };
    const silent = { service_version: null, deployment_environment: null, service_instance_id: null };
    const nonsense = {
      service_version: 7,
      deployment_environment: 'x'.repeat(257),
      service_instance_id: 'a\0b',
    };
    const hellos = { speaks: said, 'says-nothing': {}, nonsense, 'from-the-future': { ...said, more: [1] } };
    for (const [producer, members] of Object.entries(hellos)) {
      const sender = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
      sender.send({ type: 'hello', client_id: producer, producer, agent: 'old/1', ...members });
      expect((await sender.next())['type']).to.equal('welcome');
      sender.frame(1, wireEvent());
      expect(await sender.next()).to.deep.equal({ type: 'ack', seq: 1 });
      await sender.close();
    }
    const sender = await WsClient.connect(running.wsUrl, { token: TOKEN });
    sender.send(wireEvent({ token: TOKEN, client_id: 'event-mode', ...said }));
    expect(await sender.next()).to.deep.equal({ status: 'ok' });
    await sender.close();
    const { sources } = (await get('/api/sources')) as { sources: Json[] };
    const of = (name: string): Json => sources.find((each) => each['client_id'] === name) ?? {};
    for (const name of ['speaks', 'from-the-future', 'event-mode'])
      expect(of(name), name).to.deep.include(said);
    for (const name of ['says-nothing', 'nonsense']) expect(of(name), name).to.deep.include(silent);
  });

  for (const path of [
    '/api/overview?since=2&until=1',
    '/api/overview?since=yesterday',
    '/api/overview?since=0&bucket=1s',
    '/api/custom-metrics/detail?name=x&since=0&until=9999-12-31T00:00:00Z',
    '/api/endpoints?sort=name',
    '/api/endpoints?limit=5001',
    '/api/latency?threshold=0',
    '/api/latency?since=0&bucket=1h',
    '/api/week?time_zone=Mars',
    '/api/errors?limit=1001',
    '/api/clients?limit=201',
    '/api/clients?q=',
    '/api/clients?q=0x1f',
    `/api/clients?q=${'0'.repeat(65)}`,
    '/api/custom-metrics/detail',
    '/api/custom-metrics/detail?name=x&group=client',
    '/api/events?status=abc',
    '/api/events?outcome=fine',
  ]) {
    it(`answer 400 to ${path}`, async () => {
      const { status, body } = await call(`${running.url}${path}`);
      expect([status, typeof body['error']]).to.deep.equal([400, 'string']);
    });
  }
});

describe('the rate of commits', () => {
  it('is that of the last ten seconds, of all or of one client id or endpoint', () => {
    let now = 100.5;
    const rate = new CommitRate(() => now);
    rate.add(Array.from({ length: 20 }, () => ({ ...storeEvent(), id: 1, receivedAt: 0 })));
    now = 105;
    const other = storeEvent({ clientId: 'other', route: null, endpoint: '/x', environment: 'staging' });
    rate.add([{ ...other, syntheticType: null, id: 2, receivedAt: 0 }]);
    expect(rate.perSecond({})).to.equal(2.1);
    expect(rate.perSecond({ clientId: 'other' })).to.equal(0.1);
    expect(rate.perSecond({ method: 'GET', endpoint: '/api/users/:id' })).to.equal(2);
    expect(rate.perSecond({ clientId: 'other', method: 'POST', endpoint: '/x' })).to.equal(0);
    expect(rate.perSecond({ endpointPart: 'USERS' })).to.equal(2);
    expect(rate.perSecond({ environment: 'staging' })).to.equal(0.1);
    expect(rate.perSecond({ release: '1.2.3', environment: 'staging', synthetic: 'none' })).to.equal(0.1);
    expect(rate.perSecond({ release: '1.2.4' })).to.equal(0);
    expect(rate.perSecond({ synthetic: 'any' })).to.equal(2);
    expect(rate.perSecond({ synthetic: 'bot' })).to.equal(2);
    expect(rate.perSecond({ synthetic: 'test' })).to.equal(0);
    expect(rate.perSecond({ userId: 'u' }), 'no key tells').to.equal(undefined);
    now = 112;
    expect(rate.perSecond({})).to.equal(0.1);
    now = 130;
    expect(rate.perSecond({})).to.equal(0);
  });
});
