import { join } from 'node:path';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { HASH, wireEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

interface EventsBody {
  readonly events: readonly Record<string, unknown>[];
  readonly next: string | null;
}

const MINUTE = 60_000;
const START = Date.parse('2025-03-01T12:00:00.000Z');

for (const db of ['memory', 'DuckDB']) {
  describe(`the read API on ${db}`, () => {
    let running: CerberusServer;

    async function get(path: string): Promise<Record<string, unknown>> {
      const { status, body } = await call(`${running.url}${path}`);
      expect(status, JSON.stringify(body)).to.equal(200);
      return body;
    }

    const events = async (query = ''): Promise<EventsBody> =>
      (await get(`/api/events${query}`)) as unknown as EventsBody;
    const endpoints = async (query: string): Promise<unknown[]> =>
      (await events(query)).events.map((event) => event['endpoint']);

    async function store(...members: Record<string, unknown>[]): Promise<void> {
      const client = await WsClient.batch(
        running.wsUrl,
        TOKEN,
        `producer-${Math.random().toString(36).slice(2)}`,
      );
      client.frame(1, ...members.map((each) => wireEvent(each)));
      await client.next();
      await client.close();
    }

    beforeEach(async () => {
      running = await server({ db: db === 'memory' ? ':memory:' : join(tempFolder(), 'test.duckdb') });
    });

    afterEach(async () => {
      await stopServers();
      removeTempFolders();
    });

    it('returns the members that an event came with, its client id and its arrival, and no credential', async () => {
      const before = Date.now();
      const sent = wireEvent({
        user_id: 'u',
        user_agent: 'curl',
        session_id: 's',
        sample_rate: 0.25,
        error_type: 'TypeError',
        request_body_size: 7,
        response_body_size: 5_000_000_000,
        network_protocol_version: '1.1',
        user_agent_synthetic_type: 'bot',
        custom_data: { nested: { list: [1, 'x', null] }, ['__proto__']: 1 },
      });
      await store({ ...sent, token: TOKEN, api_key: TOKEN });
      const { events: found, next } = await events();
      const { id, received_at: receivedAt, ...members } = found[0] ?? {};
      expect(id).to.be.a('number');
      expect(members).to.deep.equal({ ...sent, client_id: 'my-app' });
      expect(Date.parse(String(receivedAt))).to.be.within(before, Date.now());
      expect(next).to.equal(null);
    });

    it('leaves out what was not given, but shows the absence of an address and of metrics', async () => {
      const client = await WsClient.batch(running.wsUrl, TOKEN);
      client.frame(1, { endpoint: '/bare', method: 'PUT' });
      await client.next();
      const { id: _id, received_at: _, ...members } = (await events()).events[0] ?? {};
      expect(members).to.deep.equal({
        client_id: 'my-app',
        source_ip: null,
        endpoint: '/bare',
        method: 'PUT',
        custom_data: {},
      });
    });

    it('filters by RFC 3339 times with offset and by milliseconds, half-open', async () => {
      await store(
        ...[0, 1, 2, 3].map((n) => ({
          endpoint: `/${n}`,
          timestamp: new Date(START + n * MINUTE).toISOString(),
        })),
      );
      expect(await endpoints('?since=2025-03-01T12:01:00Z&until=2025-03-01T12:03:00Z')).to.deep.equal([
        '/2',
        '/1',
      ]);
      expect(await endpoints('?since=2025-03-01T14:02:00%2B02:00')).to.deep.equal(['/3', '/2']);
      expect(await endpoints(`?since=${START + MINUTE}&until=${START + MINUTE + 1}`)).to.deep.equal(['/1']);
    });

    it('places an event without a timestamp at its arrival', async () => {
      await store({ endpoint: '/now', timestamp: undefined });
      expect(await endpoints(`?since=${Date.now() - MINUTE}&until=${Date.now() + 1}`)).to.deep.equal([
        '/now',
      ]);
    });

    it('filters by endpoint and client', async () => {
      await store({ endpoint: '/a/1', route: '/a/:id' }, { endpoint: '/b', route: undefined });
      expect(await endpoints('?endpoint=/a/:id')).to.deep.equal(['/a/1']);
      expect(await endpoints('?endpoint=(no%20route)&client_id=my-app')).to.deep.equal(['/b']);
      expect(await endpoints('?client_id=nobody')).to.deep.equal([]);
    });

    it('gives pages that join without a gap', async () => {
      await store(...Array.from({ length: 7 }, (_, n) => ({ endpoint: `/${n}` })));
      const seen: unknown[] = [];
      let cursor = '';
      do {
        const page = await events(`?limit=3${cursor}`);
        seen.push(...page.events.map((event) => event['endpoint']));
        cursor = page.next === null ? '' : `&cursor=${page.next}`;
      } while (cursor !== '');
      expect(seen).to.deep.equal(['/6', '/5', '/4', '/3', '/2', '/1', '/0']);
    });

    it('gives the slowest first, and takes no cursor of another order', async () => {
      await store(
        { endpoint: '/1', latency_ms: 1 },
        { endpoint: '/9', latency_ms: 9 },
        { endpoint: '/5', latency_ms: 5 },
      );
      const page = await events('?order=slowest&limit=2');
      expect(page.events.map((event) => event['endpoint'])).to.deep.equal(['/9', '/5']);
      expect(await endpoints(`?order=slowest&cursor=${page.next}`)).to.deep.equal(['/1']);
      const { status, body } = await call(`${running.url}/api/events?cursor=${page.next}`);
      expect([status, body['error']]).to.deep.equal([
        400,
        '`cursor` must be the `next` of an earlier answer in the same order',
      ]);
    });

    it('shows one request with what the same client asked before and after', async () => {
      const at = (n: number): string => new Date(START + n * MINUTE).toISOString();
      const mine = [0, 1, 2, 3].map((n) => ({
        endpoint: `/${n}`,
        timestamp: at(n),
        span_id: `${n}`.repeat(16),
      }));
      const others = [
        { timestamp: at(1), source_ip: HASH.replace('3', '4') },
        { timestamp: at(2), source_ip: null },
      ];
      await store(...mine, ...others);
      const { events: all } = await events('?order=oldest&endpoint_contains=/users');
      const { events: listed } = await events('?path=/2');
      const id = String(listed[0]?.['id']);
      const pathsOf = (body: Record<string, unknown>, name: string): unknown[] =>
        (body[name] as Record<string, unknown>[]).map((event) => event['endpoint']);
      for (const which of [
        `id=${id}`,
        `trace_id=${String(wireEvent()['trace_id'])}&span_id=${'2'.repeat(16)}`,
      ]) {
        const body = await get(`/api/events/detail?${which}`);
        expect(body['event']).to.deep.equal(listed[0]);
        expect([pathsOf(body, 'before'), pathsOf(body, 'after')]).to.deep.equal([['/0', '/1'], ['/3']]);
      }
      const nobody = all.find((event) => event['source_ip'] === null);
      const alone = await get(`/api/events/detail?id=${String(nobody?.['id'])}`);
      expect([alone['before'], alone['after']]).to.deep.equal([[], []]);
      expect((await call(`${running.url}/api/events/detail?id=999999`)).status).to.equal(404);
      expect((await call(`${running.url}/api/events/detail?trace_id=${'a'.repeat(32)}`)).status).to.equal(
        400,
      );
    });

    it('has no next page when the last one is just full', async () => {
      await store({}, {});
      expect((await events('?limit=2')).next).to.equal(null);
      expect((await events('?limit=1')).next).to.be.a('string');
    });

    it('sums up requests, errors, clients, latencies, buckets and endpoints', async () => {
      const at = (n: number): string => new Date(START + n * MINUTE).toISOString();
      await store(
        { timestamp: at(0), latency_ms: 10 },
        { timestamp: at(0), latency_ms: 20, source_ip: HASH.replace('3', '4') },
        { timestamp: at(2), latency_ms: 30, outcome: 'error', status_code: 500, method: 'POST' },
        {
          timestamp: at(2),
          latency_ms: 40,
          route: undefined,
          endpoint: '/nope',
          source_ip: null,
          status_code: 404,
        },
      );
      expect(await get('/api/summary?bucket=1m')).to.deep.equal({
        requests: 4,
        errors: 1,
        clients: 2,
        latency_ms: { p50: 25, p95: 38.5, p99: 39.7 },
        buckets: [
          { start: at(0), requests: 2, errors: 0 },
          { start: at(2), requests: 2, errors: 1 },
        ],
        endpoints: [
          { method: 'GET', endpoint: '/api/users/:id', requests: 2, errors: 0, p95: 19.5 },
          { method: 'GET', endpoint: '(no route)', requests: 1, errors: 0, p95: 40 },
          { method: 'POST', endpoint: '/api/users/:id', requests: 1, errors: 1, p95: 30 },
        ],
      });
      expect(await get('/api/summary?client_id=nobody')).to.deep.include({
        requests: 0,
        buckets: [],
        endpoints: [],
      });
      expect(await get(`/api/summary?since=${START + MINUTE}`)).to.deep.include({ requests: 2, errors: 1 });
    });

    it('answers 400 when a bucket is too narrow for the range', async () => {
      const client = await WsClient.batch(running.wsUrl, TOKEN);
      const event = (second: number): unknown => ({
        endpoint: '/',
        method: 'GET',
        timestamp: new Date(START + second * 1000).toISOString(),
      });
      client.frame(1, ...Array.from({ length: 10_000 }, (_, second) => event(second)));
      client.frame(2, event(10_000));
      await client.next();
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 2 });
      const { status, body } = await call(`${running.url}/api/summary?bucket=1s`);
      expect([status, String(body['error'])]).to.deep.equal([
        400,
        '`bucket` is too narrow for the range: more than 10000 buckets',
      ]);
      expect((await get('/api/summary'))['requests']).to.equal(10_001);
    });

    const bad = [
      '/api/events?limit=0',
      '/api/events?limit=1001',
      '/api/events?limit=ten',
      '/api/events?limit=',
      '/api/events?since=yesterday',
      '/api/events?since=-1',
      '/api/events?until=2025-03-01',
      '/api/events?until=2025-13-01T00:00:00Z',
      '/api/events?cursor=xyz',
      '/api/events?cursor=',
      '/api/summary?bucket=1w',
      '/api/summary?bucket=0s',
      '/api/summary?bucket=9999d',
      '/api/summary?since=1e3',
    ];
    for (const path of bad) {
      it(`answers 400 to ${path}`, async () => {
        const { status, body } = await call(`${running.url}${path}`);
        expect(status).to.equal(400);
        const name = /\?(\w+)=/.exec(path)?.[1];
        expect(body['error']).to.match(new RegExp(`^\`${name}\` must be `));
      });
    }
  });
}
