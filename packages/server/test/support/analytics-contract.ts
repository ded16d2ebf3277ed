import { expect } from 'chai';

import type { CerberusEvent } from '../../dist/event/event.js';
import {
  CONSUMER_ORDERS,
  type ConsumerList,
  type ConsumerOrder,
  type ConsumersQuery,
} from '../../dist/store/questions/consumer-list.js';
import type { NewRelease, ReleasesQuery } from '../../dist/store/questions/release-list.js';
import { NO_ROUTE } from '../../dist/event/path-group.js';
import type {
  AnalyticsFilter,
  EndpointOrder,
  MetricQuery,
  OverviewQuery,
} from '../../dist/store/questions/analytics.js';
import type { ValuesQuery } from '../../dist/store/questions/value-list.js';
import type { Store } from '../../dist/store/store.js';
import { append, HASH, producerRef, START, storeEvent } from './events.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RANGE = { since: START, until: START + HOUR };
const OTHER_HASH = HASH.replace('3', '4');

/** What every store answers to the questions of the page, for ranges of up to a day. */
export function describeAnalytics(name: string, open: () => Promise<Store>): void {
  describe(`${name}: the contract of analytics`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });

    afterEach(async () => {
      await store.close();
    });

    describe('an overview', () => overviews(() => store));
    describe('a list of endpoints', () => endpointLists(() => store));
    describe('a list of errors', () => errorLists(() => store));
    describe('latencies over time', () => latencies(() => store));
    describe('a list of clients', () => clientLists(() => store));
    describe('a list of consumers', () => consumerLists(() => store));
    describe('a list of values', () => valueLists(() => store));
    describe('a list of releases', () => releaseLists(() => store));
    describe('custom metrics', () => customMetrics(() => store));
    describe('producers', () => producerLists(() => store));
  });
}

/** An event so many minutes after {@link START}. */
function at(minutes: number, members: Partial<CerberusEvent> = {}): CerberusEvent {
  return storeEvent({ timestamp: START + minutes * MINUTE, ...members });
}

function overviews(store: () => Store): void {
  const overview = (query: Partial<OverviewQuery> = {}): ReturnType<Store['analytics']['overview']> =>
    store().analytics.overview({ ...RANGE, bucketMillis: 20 * MINUTE, ...query });
  const put = (...events: CerberusEvent[]): Promise<unknown> => store().append(append({ events }));

  it('is every bucket of the range with zeros, and nulls for latencies, without events', async () => {
    const { totals, previous, series, methods, outcomes, statusCodes, histogram } = await overview();
    const latency = { p50: null, p95: null, p99: null };
    expect(totals).to.deep.equal({ requests: 0, errors: 0, clients: 0, latency });
    expect(previous).to.deep.equal(totals);
    const byStatus = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 };
    expect(series).to.deep.equal(
      [0, 20, 40].map((minutes) => ({
        start: START + minutes * MINUTE,
        requests: 0,
        errors: 0,
        byStatus,
        latency,
      })),
    );
    expect([...methods, ...outcomes, ...statusCodes, ...histogram]).to.deep.equal([]);
  });

  it('puts events into the bucket in which they start, half-open, those before into the previous range', async () => {
    await put(at(-60), at(-1), at(0), at(19.9), at(20), at(59.9), at(60));
    expect((await overview()).isPreviousKept).to.equal(false);
    await store().append(append({ seq: 2, events: [at(-61)] }));
    const { totals, previous, series, estimated, isPreviousKept } = await overview();
    expect(isPreviousKept).to.equal(true);
    expect(estimated).to.equal(false);
    expect([totals.requests, previous.requests]).to.deep.equal([4, 2]);
    expect(series.map((point) => point.requests)).to.deep.equal([2, 1, 1]);
  });

  it('aligns buckets to multiples of their width and leaves out what is before the range', async () => {
    await put(at(9), at(11));
    const { series } = await overview({ since: START + 10 * MINUTE, until: START + 30 * MINUTE });
    expect(series.map(({ start, requests }) => [(start - START) / MINUTE, requests])).to.deep.equal([
      [0, 1],
      [20, 0],
    ]);
  });

  it('counts classes of status codes, errors, methods, outcomes and status codes', async () => {
    const kinds: Partial<CerberusEvent>[] = [
      { statusCode: 200 },
      { statusCode: 204, method: 'POST' },
      { statusCode: 302 },
      { statusCode: 404, outcome: null },
      { statusCode: 500, outcome: 'error' },
      { statusCode: 503, outcome: null },
      { statusCode: 101, outcome: 'aborted' },
      { statusCode: null, outcome: null },
      { statusCode: null, outcome: null },
    ];
    await put(...kinds.map((kind) => at(1, kind)));
    const { totals, series, methods, outcomes, statusCodes } = await overview();
    expect([totals.requests, totals.errors]).to.deep.equal([9, 2]);
    expect(series[0]?.byStatus).to.deep.equal({ '2xx': 2, '3xx': 1, '4xx': 1, '5xx': 2, none: 3 });
    expect(methods).to.deep.equal([
      { method: 'GET', requests: 8 },
      { method: 'POST', requests: 1 },
    ]);
    expect(outcomes).to.deep.equal([
      { outcome: null, requests: 4 },
      { outcome: 'completed', requests: 3 },
      { outcome: 'aborted', requests: 1 },
      { outcome: 'error', requests: 1 },
    ]);
    expect(statusCodes.map(({ statusCode, requests }) => [statusCode, requests])).to.deep.equal([
      [null, 2],
      [101, 1],
      [200, 1],
      [204, 1],
      [302, 1],
      [404, 1],
      [500, 1],
      [503, 1],
    ]);
  });

  it('gives percentiles of the range, of the range before and of each bucket, and distinct addresses', async () => {
    await put(
      at(-5, { latencyMs: 7, sourceIp: null }),
      ...[10, 20, 30].map((latencyMs) => at(1, { latencyMs })),
      at(21, { latencyMs: 100, sourceIp: OTHER_HASH }),
      at(22, { latencyMs: null, sourceIp: null }),
    );
    const { totals, previous, series } = await overview();
    expect(totals.clients).to.equal(2);
    expect(totals.latency.p50).to.be.closeTo(25, 1e-9);
    expect(totals.latency.p95).to.be.closeTo(89.5, 1e-9);
    expect(previous).to.deep.include({ clients: 0, latency: { p50: 7, p95: 7, p99: 7 } });
    expect(series.map((point) => point.latency.p50)).to.deep.equal([20, 100, null]);
  });

  it('puts latencies into bins that grow and join without a gap', async () => {
    await put(...[0, 0.02, 1, 9.5, 10, 11, 1e12].map((latencyMs) => at(1, { latencyMs })));
    const { histogram } = await overview();
    expect(histogram[0]).to.deep.include({ from: 0, count: 2 });
    for (const [index, bin] of histogram.entries()) {
      expect(bin.to).to.be.greaterThan(bin.from);
      if (index > 0) expect(bin.from).to.equal(histogram[index - 1]?.to);
    }
    const holding = (value: number): number | undefined =>
      histogram.find((bin) => bin.from < value && value <= bin.to)?.count;
    expect([holding(1), holding(9.5)]).to.deep.equal([1, 2]);
    expect(histogram.at(-1)?.count).to.equal(1);
    expect(histogram.reduce((sum, bin) => sum + bin.count, 0)).to.equal(7);
  });

  it('is about one endpoint or one client id where one is asked for', async () => {
    const events = [
      at(1, { route: '/a/:id', endpoint: '/a/1' }),
      at(1, { route: '/a/:id', endpoint: '/a/2', clientId: 'other' }),
      at(1, { route: '/a/:id', endpoint: '/a/1', method: 'POST' }),
      at(1, { route: null, endpoint: '/a/1' }),
    ];
    await put(...events);
    const requests = async (query: Partial<AnalyticsFilter>): Promise<number> =>
      (await overview(query)).totals.requests;
    expect(await requests({ method: 'GET', endpoint: '/a/:id' })).to.equal(2);
    expect(await requests({ method: 'GET', endpoint: '/a/1' })).to.equal(1);
    expect(await requests({ clientId: 'other' })).to.equal(1);
    const both = { clientId: 'other', method: 'GET', endpoint: '/a/:id' };
    const { series, methods, statusCodes } = await overview(both);
    expect([series[0]?.requests, methods[0]?.requests, statusCodes[0]?.requests]).to.deep.equal([1, 1, 1]);
  });

  it('is of the same requests under a filter that holds for all, also when some were deleted', async () => {
    await store().append(append({ seq: 1, events: [at(1), at(30)], receivedAt: START }));
    await store().append(append({ seq: 2, events: [at(2), at(31)], receivedAt: START + 3 * DAY }));
    await store().deleteOld({ before: START + 2 * DAY, maxBytes: undefined });
    for (const range of [RANGE, { since: START - DAY, until: START + 2 * DAY }]) {
      const whole = await overview(range);
      const filtered = await overview({ ...range, latency: { from: 0 } });
      expect(whole.totals.requests).to.equal(2);
      expect(filtered.totals.requests).to.equal(2);
      expect(filtered.series.map(({ requests }) => requests)).to.deep.equal(
        whole.series.map(({ requests }) => requests),
      );
    }
  });

  it('treats what a user asks for as a value, never as a statement', async () => {
    await put(at(1));
    const hostile = `' OR 1=1; DROP TABLE events; --`;
    const endpoint = { method: hostile, endpoint: hostile };
    expect((await overview({ clientId: hostile, ...endpoint })).totals.requests).to.equal(0);
    const metric = { ...RANGE, name: hostile, bucketMillis: HOUR, byEndpoint: true, ...endpoint };
    expect((await store().analytics.metric(metric)).events).to.equal(0);
    expect((await overview()).totals.requests).to.equal(1);
  });
}

function endpointLists(store: () => Store): void {
  const to = (endpoint: string, members: Partial<CerberusEvent> = {}): CerberusEvent =>
    at(1, { route: null, endpoint, ...members });

  beforeEach(async () => {
    const events = [
      ...[1, 2, 3].map((latencyMs) => to('/busy', { latencyMs })),
      to('/slow', { latencyMs: 900 }),
      ...[5, 6].map((latencyMs) => to('/bad', { latencyMs, outcome: 'error' })),
      to('/bad', { method: 'POST', latencyMs: null }),
      to('/old', { timestamp: START - 1 }),
    ];
    await store().append(append({ events }));
  });

  const names = async (order: EndpointOrder, limit = 50): Promise<string[]> => {
    const { endpoints } = await store().analytics.endpoints({ ...RANGE, order, limit });
    return endpoints.map(({ method, endpoint }) => `${method} ${endpoint}`);
  };

  it('orders endpoints by any of their figures, or by their names', async () => {
    const missing = [to('/busy', { statusCode: 404 }), to('/slow', { statusCode: 410 })];
    await store().append(append({ seq: 2, events: [...missing, to('/slow', { statusCode: 499 })] }));
    const first = async (order: EndpointOrder): Promise<string | undefined> => (await names(order))[0];
    expect(await first('client_errors')).to.equal('GET /slow');
    expect(await first('error_rate')).to.equal('GET /bad');
    expect(await first('p50')).to.equal('GET /slow');
    expect(await first('p99')).to.equal('GET /slow');
    expect(await names('endpoint')).to.deep.equal(['GET /bad', 'POST /bad', 'GET /busy', 'GET /slow']);
    const { endpoints } = await store().analytics.endpoints({ ...RANGE, order: 'client_errors', limit: 9 });
    expect(endpoints.map(({ clientErrors }) => clientErrors)).to.deep.equal([2, 1, 0, 0]);
  });

  it('keeps the endpoints of applications apart, and puts all that has no route into one of each', async () => {
    const unrouted = { pathGroup: NO_ROUTE, timestamp: START - 30 * MINUTE };
    await store().append(
      append({
        seq: 2,
        events: [
          to('/.env', unrouted),
          to('/wp-login.php', { ...unrouted, method: 'POST', statusCode: 404, latencyMs: 9 }),
          to('/.git', { ...unrouted, clientId: 'other' }),
          to('/users/7', { timestamp: START - 30 * MINUTE, pathGroup: '~/users/:id' }),
          to('/here', { timestamp: START - 30 * MINUTE, clientId: 'other' }),
          to('/here', { timestamp: START - 30 * MINUTE }),
        ],
      }),
    );
    const range = { since: START - HOUR, until: START - 1 };
    const { endpoints, total } = await store().analytics.endpoints({ ...range, order: 'requests', limit: 9 });
    expect(total).to.equal(5);
    expect(
      endpoints.map(({ clientId, method, endpoint, requests }) => [clientId, method, endpoint, requests]),
    ).to.deep.equal([
      ['my-app', '', NO_ROUTE, 2],
      ['other', '', NO_ROUTE, 1],
      ['my-app', 'GET', '/here', 1],
      ['other', 'GET', '/here', 1],
      ['my-app', 'GET', '~/users/:id', 1],
    ]);
    expect(endpoints[0]?.clientErrors).to.equal(1);
    expect(endpoints[0]?.latency.p50).to.be.closeTo(10.6725, 1e-9);
    expect(endpoints[0]?.latency.p95).to.be.closeTo(12.17775, 1e-9);
    expect(endpoints[0]?.latency.p99).to.be.closeTo(12.31155, 1e-9);
    expect(endpoints[0]?.sparkline[15]).to.equal(2);
    const { values } = await store().analytics.values({ ...range, of: 'endpoint', limit: 1 });
    expect(values).to.deep.equal([{ value: NO_ROUTE, requests: 3 }]);
    const named = { ...range, endpoint: NO_ROUTE, clientId: 'my-app', bucketMillis: HOUR };
    expect((await store().analytics.overview(named)).totals.requests).to.equal(2);
  });

  it('orders endpoints by requests, errors or p95', async () => {
    expect(await names('requests')).to.deep.equal(['GET /busy', 'GET /bad', 'POST /bad', 'GET /slow']);
    expect(await names('errors')).to.deep.equal(['GET /bad', 'GET /busy', 'POST /bad', 'GET /slow']);
    expect(await names('p95')).to.deep.equal(['GET /slow', 'GET /bad', 'GET /busy', 'POST /bad']);
  });

  it('says how many of their requests are fast enough, those with the fewest first', async () => {
    // Up to the threshold whole, up to four times it half; without a latency none at all.
    const mixed = [400, 1500, 2500].map((latencyMs) => to('/mixed', { latencyMs }));
    await store().append(append({ seq: 2, events: [...mixed, to('/mixed', { latencyMs: null })] }));
    const scores = async (thresholdMillis?: number): Promise<unknown> => {
      const query = { ...RANGE, order: 'apdex', thresholdMillis, limit: 50 } as const;
      const { endpoints } = await store().analytics.endpoints(query);
      return endpoints.map(({ method, endpoint, apdex }) => [`${method} ${endpoint}`, apdex]);
    };
    const half = [
      ['GET /mixed', 0.5],
      ['GET /slow', 0.5],
      ['GET /busy', 1],
      ['GET /bad', 1],
      ['POST /bad', null],
    ];
    expect(await scores()).to.deep.equal(half);
    expect(await scores(500)).to.deep.equal(half);
    expect(await scores(2)).to.deep.equal([
      ['GET /mixed', 0],
      ['GET /slow', 0],
      ['GET /bad', 0.5],
      ['GET /busy', 5 / 6],
      ['POST /bad', null],
    ]);
  });

  it('says it by the threshold of an endpoint where it has its own, and orders by that', async () => {
    const unrouted = { pathGroup: NO_ROUTE, latencyMs: 1000 };
    const others = [to('/.env', unrouted), to('/x', { ...unrouted, method: 'POST', latencyMs: 5000 })];
    await store().append(
      append({ seq: 2, events: [...others, to('/slow', { clientId: 'other', latencyMs: 9 })] }),
    );
    const own = (clientId: string, method: string, endpoint: string, thresholdMillis: number) => ({
      clientId,
      method,
      endpoint,
      thresholdMillis,
    });
    const ownThresholds = [
      own('my-app', 'GET', '/busy', 1),
      own('my-app', '', NO_ROUTE, 1500),
      own('other', 'GET', '/slow', 1),
      own('my-app', 'POST', '/slow', 1),
      own('nobody', 'GET', '/slow', 1),
    ];
    const query = { ...RANGE, order: 'apdex', ownThresholds, limit: 50 } as const;
    const { endpoints } = await store().analytics.endpoints(query);
    expect(
      endpoints.map(({ clientId, method, endpoint, apdex }) => [clientId, method, endpoint, apdex]),
    ).to.deep.equal([
      ['other', 'GET', '/slow', 0],
      ['my-app', 'GET', '/slow', 0.5],
      ['my-app', 'GET', '/busy', 2 / 3],
      ['my-app', '', NO_ROUTE, 0.75],
      ['my-app', 'GET', '/bad', 1],
      ['my-app', 'POST', '/bad', null],
    ]);
  });

  it('says how many endpoints there are beside those that are listed, and their shares of all requests', async () => {
    const list = await store().analytics.endpoints({ ...RANGE, order: 'requests', limit: 1 });
    expect([list.total, list.endpoints.length]).to.deep.equal([4, 1]);
    expect(list.endpoints[0]).to.deep.include({ requests: 3, errors: 0 });
    expect(list.endpoints[0]?.share).to.be.closeTo(3 / 7, 1e-9);
    expect(list.endpoints[0]?.latency).to.deep.include({ p50: 2 });
  });

  it('finds endpoints by a part of their names, without another share of all requests', async () => {
    const found = async (search: string): Promise<unknown> => {
      const list = await store().analytics.endpoints({ ...RANGE, order: 'requests', limit: 1, search });
      return [list.total, list.endpoints[0]?.share];
    };
    expect(await found('BUS')).to.deep.equal([1, 3 / 7]);
    expect(await found('/')).to.deep.equal([4, 3 / 7]);
    expect(await found('%')).to.deep.equal([0, undefined]);
  });

  it('cuts the range into thirty parts for each of them', async () => {
    await store().append(append({ seq: 2, events: [at(0), at(1.99), at(2), at(59.99)] }));
    const { endpoints } = await store().analytics.endpoints({ ...RANGE, order: 'p95', limit: 50 });
    const { sparkline = [] } = endpoints.find(({ endpoint }) => endpoint === '/api/users/:id') ?? {};
    expect(sparkline).to.deep.equal([2, 1, ...Array.from({ length: 27 }, () => 0), 1]);
  });

  it('lists nothing without events', async () => {
    const range = { since: START - 2 * HOUR, until: START - HOUR };
    const list = await store().analytics.endpoints({ ...range, order: 'requests', limit: 50 });
    expect(list).to.deep.include({ endpoints: [], total: 0 });
  });
}

function errorLists(store: () => Store): void {
  it('puts failed requests of an endpoint, a status and a class together, with their times and their course', async () => {
    const failed = { outcome: 'error', statusCode: 500, errorType: 'TypeError' } as const;
    await store().append(
      append({
        events: [
          at(0, { ...failed, endpoint: '/api/users/1' }),
          at(30, { ...failed, endpoint: '/api/users/2' }),
          at(59.99, failed),
          at(5, { ...failed, errorType: null }),
          at(6, { ...failed, statusCode: 503 }),
          at(7, { ...failed, method: 'POST' }),
          at(8, { ...failed, route: null, pathGroup: NO_ROUTE }),
          at(9, { ...failed, route: null, pathGroup: NO_ROUTE, method: 'POST', statusCode: null }),
          at(10),
          at(61, failed),
        ],
      }),
    );
    const list = await store().analytics.errors({ ...RANGE, limit: 2 });
    expect([list.total, list.requests]).to.deep.equal([6, 8]);
    expect(list.groups[0]).to.deep.equal({
      clientId: 'my-app',
      method: 'GET',
      endpoint: '/api/users/:id',
      errorType: 'TypeError',
      statusCode: 500,
      requests: 3,
      firstSeen: START,
      lastSeen: Math.floor(START + 59.99 * MINUTE),
      sparkline: Array.from({ length: 30 }, (_, part) => (part % 15 === 0 || part === 29 ? 1 : 0)),
    });
    expect(list.groups[1]).to.deep.include({ method: '', endpoint: NO_ROUTE, statusCode: null });
    const one = await store().analytics.errors({ ...RANGE, status: { from: 503, to: 503 }, limit: 9 });
    expect(one.groups.map(({ statusCode }) => statusCode)).to.deep.equal([503]);
    for (const none of [{ failed: false }, { clientId: 'nobody' }])
      expect(await store().analytics.errors({ ...RANGE, ...none, limit: 9 })).to.deep.equal({
        groups: [],
        total: 0,
        requests: 0,
      });
  });
}

function latencies(store: () => Store): void {
  it('are counted by their buckets in each part of the range, without those that have none', async () => {
    const events = [1, 500, 500, null].map((latencyMs) => at(1, { latencyMs }));
    await store().append(append({ events: [...events, at(21, { latencyMs: 500 }), at(61)] }));
    const of = async (query: Partial<OverviewQuery>): Promise<unknown> =>
      (await store().analytics.latencies({ ...RANGE, bucketMillis: 20 * MINUTE, ...query }))
        .map(({ start, bucket, count }) => [(start - START) / MINUTE, bucket, count])
        .toSorted();
    const all = [
      [0, 0, 1],
      [0, 159, 2],
      [20, 159, 1],
    ];
    expect(await of({})).to.deep.equal(all);
    expect(await of({ latency: { from: 2 } })).to.deep.equal(all.slice(1));
    expect(await of({ bucketMillis: 90_000 })).to.deep.equal([
      [0, 0, 1],
      [0, 159, 2],
      [21, 159, 1],
    ]);
  });
}

function clientLists(store: () => Store): void {
  it('lists the clients with the most requests, without those that are not known', async () => {
    await store().append(
      append({
        events: [
          at(1, { sourceIp: OTHER_HASH }),
          at(2, { sourceIp: OTHER_HASH, outcome: 'error' }),
          at(3),
          at(4, { sourceIp: null }),
          at(61, { sourceIp: OTHER_HASH }),
        ],
      }),
    );
    const busiest = {
      sourceIp: OTHER_HASH,
      requests: 2,
      errors: 1,
      lastSeen: START + 2 * MINUTE,
    };
    const clients = await store().analytics.clients({ ...RANGE, limit: 10 });
    expect(clients).to.deep.equal([
      busiest,
      { sourceIp: HASH, requests: 1, errors: 0, lastSeen: START + 3 * MINUTE },
    ]);
    expect(await store().analytics.clients({ ...RANGE, limit: 1 })).to.deep.equal([busiest]);
  });

  it('finds clients by the first digits of their pseudonyms, by one as by all of them', async () => {
    const [low, high] = ['7'.repeat(64), '8'.repeat(64)];
    // The same key of 64 bits, but for its last digit.
    const near = `${'7'.repeat(15)}6${'f'.repeat(48)}`;
    const known = ['0'.repeat(64), low, low, low, near, high, high, 'f'.repeat(64), null];
    await store().append(append({ events: known.map((sourceIp, minute) => at(minute, { sourceIp })) }));
    const found = async (prefix: string, limit = 10): Promise<unknown> =>
      (await store().analytics.clients({ ...RANGE, prefix, limit })).map(({ sourceIp, requests }) => [
        sourceIp,
        requests,
      ]);
    for (const digits of [1, 15]) {
      expect(await found(low.slice(0, digits)), `${digits}`).to.deep.equal([
        [low, 3],
        [near, 1],
      ]);
      expect(await found(low.slice(0, digits), 1), `${digits}`).to.deep.equal([[low, 3]]);
    }
    for (const digits of [16, 17, 63, 64])
      for (const [pseudonym, requests] of [[low, 3] as const, [near, 1] as const])
        expect(await found(pseudonym.slice(0, digits)), `${digits}`).to.deep.equal([[pseudonym, requests]]);
    for (const pseudonym of ['0'.repeat(64), 'f'.repeat(64)])
      for (const digits of [1, 16, 64])
        expect(await found(pseudonym.slice(0, digits)), `${digits}`).to.deep.equal([[pseudonym, 1]]);
    expect(await found('8', 1), 'the busiest of those that are meant').to.deep.equal([[high, 2]]);
    // Where keys end, the rest of the pseudonym counts all the same.
    for (const prefix of ['9', `${low.slice(0, 16)}8`, `${low.slice(0, 63)}8`])
      expect(await found(prefix), prefix).to.deep.equal([]);
  });
}

function consumerLists(store: () => Store): void {
  const list = (query: Partial<ConsumersQuery> = {}): Promise<ConsumerList> =>
    store().analytics.consumers({ ...RANGE, by: 'consumer', order: 'requests', limit: 10, ...query });
  const values = async (query: Partial<ConsumersQuery>): Promise<readonly string[]> =>
    (await list(query)).consumers.map(({ value }) => value);
  const of = (
    consumer: string | null,
    minutes: number,
    members: Partial<CerberusEvent> = {},
  ): CerberusEvent =>
    at(minutes, { consumer, consumerGroup: null, consumerLabel: null, latencyMs: 10, ...members });

  beforeEach(async () => {
    const events = [
      of('acme', -50),
      of('acme', 1, { consumerLabel: 'Acme', consumerGroup: 'free' }),
      of('acme', 5, { consumerLabel: 'Acme Inc.', endpoint: '/b', route: null, latencyMs: 30 }),
      of('acme', 9, { consumerGroup: 'pro', method: 'POST', outcome: 'error' }),
      of('globex', 30, { consumerGroup: 'pro', latencyMs: 90, outcome: 'error', clientId: 'blog' }),
      of('globex', 20, { sourceIp: OTHER_HASH }),
      of('initech', 59, { latencyMs: null }),
      of(null, 10),
      of('initech', 61),
    ];
    await store().append(append({ events }));
  });

  it('has the figures of each, with the label and the group that were given last, without requests of nobody', async () => {
    const { consumers, total, newcomers } = await list();
    expect([total, newcomers]).to.deep.equal([3, 2]);
    expect(consumers.map(({ p95: _p95, ...figures }) => figures)).to.deep.equal([
      {
        value: 'acme',
        label: 'Acme Inc.',
        group: 'pro',
        requests: 3,
        errors: 1,
        endpoints: 3,
        firstSeen: START + MINUTE,
        lastSeen: START + 9 * MINUTE,
        isNew: false,
      },
      {
        value: 'globex',
        label: null,
        group: 'pro',
        requests: 2,
        errors: 1,
        endpoints: 1,
        firstSeen: START + 20 * MINUTE,
        lastSeen: START + 30 * MINUTE,
        isNew: true,
      },
      {
        value: 'initech',
        label: null,
        group: null,
        requests: 1,
        errors: 0,
        endpoints: 1,
        firstSeen: START + 59 * MINUTE,
        lastSeen: START + 59 * MINUTE,
        isNew: true,
      },
    ]);
    expect(consumers.map(({ p95 }) => p95 && Math.round(p95))).to.deep.equal([28, 86, null]);
  });

  it('is ordered by what one asks for, and cut behind the first', async () => {
    const orders: Readonly<Record<ConsumerOrder, string>> = {
      requests: 'acme globex initech',
      errors: 'acme globex initech',
      error_rate: 'globex acme initech',
      p95: 'globex acme initech',
      endpoints: 'acme globex initech',
      first_seen: 'initech globex acme',
      last_seen: 'initech globex acme',
    };
    for (const order of CONSUMER_ORDERS)
      expect((await values({ order })).join(' '), order).to.equal(orders[order]);
    const { consumers, total } = await list({ order: 'p95', limit: 1 });
    expect([consumers.map(({ value }) => value), total]).to.deep.equal([['globex'], 3]);
  });

  it('is of whom a filter leaves, who is new whatever else it says', async () => {
    expect(await values({ failed: true, endpoint: '/api/users/:id' })).to.deep.equal(['acme', 'globex']);
    expect(await values({ failed: true, method: 'POST' })).to.deep.equal(['acme']);
    expect((await list({ failed: true })).consumers.map(({ isNew }) => isNew)).to.deep.equal([false, true]);
    expect((await list({ clientId: 'blog' })).newcomers).to.equal(1);
    expect(await values({ until: START + MINUTE })).to.deep.equal([]);
  });

  it('finds a part of a value or of a label, in any case', async () => {
    expect(await values({ search: 'EX' })).to.deep.equal(['globex']);
    expect(await values({ search: 'inc.' })).to.deep.equal(['acme']);
    expect(await list({ search: 'nobody' })).to.deep.equal({
      estimated: false,
      consumers: [],
      total: 0,
      newcomers: 0,
    });
    expect(await values({ search: "'; --" })).to.deep.equal([]);
  });

  it('is of groups, and of clients, too', async () => {
    expect(await values({ by: 'group' })).to.deep.equal(['pro', 'free']);
    expect(await values({ by: 'client' })).to.deep.equal([HASH, OTHER_HASH]);
    expect((await list({ by: 'client', search: OTHER_HASH.slice(0, 20).toUpperCase() })).total).to.equal(1);
  });
}

function valueLists(store: () => Store): void {
  const hour = (n: number): number => Math.floor(START / HOUR + n) * HOUR;
  const since = hour(-10) + 5;
  const values = async (query: Partial<ValuesQuery> = {}): Promise<unknown> => {
    const asked = { since, until: hour(1), of: 'path' as const, limit: 9, ...query };
    const list = await store().analytics.values(asked);
    return [list.since, ...list.values.map(({ value, requests }) => `${value} ${requests}`)];
  };

  beforeEach(async () => {
    const sent = [
      ...['/rare', '/rare', '/rare'].map((endpoint) => ({ endpoint, timestamp: hour(-9) })),
      ...['/old', '/old'].map((endpoint) => ({ endpoint, timestamp: hour(-5) + 7 })),
      ...['/a', '/b'].map((endpoint) => ({ endpoint, timestamp: hour(0) - 1 })),
      { endpoint: '/a', timestamp: hour(0), clientId: 'blog' },
    ];
    await store().append(append({ events: sent.map((each) => storeEvent({ route: null, ...each })) }));
  });

  it('is of the whole range, or of its latest hours that have so many requests of all applications', async () => {
    const all = [since, '/rare 3', '/a 2', '/old 2', '/b 1'];
    expect(await values()).to.deep.equal(all);
    expect(await values({ latestRequests: 1 })).to.deep.equal([hour(0), '/a 1']);
    expect(await values({ latestRequests: 3 })).to.deep.equal([hour(-1), '/a 2', '/b 1']);
    expect(await values({ latestRequests: 4 })).to.deep.equal([hour(-5), '/a 2', '/old 2', '/b 1']);
    expect(await values({ latestRequests: 8 })).to.deep.equal([hour(-9), ...all.slice(1)]);
    expect(await values({ latestRequests: 9 })).to.deep.equal(all);
    const narrow = { since: hour(0) - 1, latestRequests: 3 };
    expect(await values(narrow)).to.deep.equal([hour(0) - 1, '/a 2', '/b 1']);
  });

  it('is of four times as many of the latest where nothing is found in these', async () => {
    const rare = { search: 'RARE' };
    expect(await values({ ...rare, latestRequests: 2 })).to.deep.equal([hour(-9), '/rare 3']);
    expect(await values({ ...rare, latestRequests: 1 })).to.deep.equal([hour(-5)]);
    const ofApplication = { clientId: storeEvent().clientId, latestRequests: 1 };
    expect(await values(ofApplication)).to.deep.equal([hour(-5), '/old 2', '/a 1', '/b 1']);
  });

  it('is of the whole range where aggregates tell', async () => {
    const latest = { latestRequests: 1 };
    expect(await values({ ...latest, of: 'method' })).to.deep.equal([since, 'GET 8']);
    expect(await values({ ...latest, of: 'method', path: '/a' })).to.deep.equal([hour(0), 'GET 1']);
    const consumers = { ...latest, of: 'consumer_group' } as const;
    expect(await values(consumers)).to.deep.equal([since, 'pro 8']);
    expect(await values({ ...consumers, environment: 'production' })).to.deep.equal([hour(0), 'pro 1']);
  });
}

function releaseLists(store: () => Store): void {
  const put = (seq: number, ...events: readonly CerberusEvent[]): Promise<unknown> =>
    store().append(append({ seq, events }));
  const of = (release: string, minutes: number, clientId = 'shop'): CerberusEvent =>
    at(minutes, { release, clientId });
  const list = (query: Partial<ReleasesQuery> = {}): Promise<readonly NewRelease[]> =>
    store().analytics.releases({ ...RANGE, limit: 10, ...query });

  it('has those that appeared in the range, the newest first, each with the one of its application before it', async () => {
    await put(1, of('1.4.1', -90), of('1.4.2', 20), of('1.4.2', 10), of('7', 30, 'blog'));
    await put(2, of('1.4.1', 30), of('1.4.2', 5), of('1.4.3', 60));
    const before = { version: '1.4.1', firstSeen: START - 90 * MINUTE };
    const appeared = { clientId: 'shop', version: '1.4.2', firstSeen: START + 10 * MINUTE };
    expect(await list()).to.deep.equal([
      { clientId: 'blog', version: '7', firstSeen: START + 30 * MINUTE, previous: null },
      { ...appeared, previous: before },
    ]);
    expect((await list({ clientId: 'shop' })).map(({ version }) => version)).to.deep.equal(['1.4.2']);
    expect((await list({ limit: 1 })).map(({ version }) => version)).to.deep.equal(['7']);
    const later = await list({ since: START + HOUR, until: START + 2 * HOUR });
    expect(later.map(({ version, previous }) => [version, previous?.version])).to.deep.equal([
      ['1.4.3', '1.4.2'],
    ]);
  });
}

function customMetrics(store: () => Store): void {
  const put = (...metrics: object[]): Promise<unknown> =>
    store().append(append({ events: metrics.map((each, n) => at(n, { customData: JSON.stringify(each) })) }));
  const metric = (name: string, query: Partial<MetricQuery> = {}): ReturnType<Store['analytics']['metric']> =>
    store().analytics.metric({ ...RANGE, name, bucketMillis: 20 * MINUTE, byEndpoint: false, ...query });

  it('lists every metric with its types, without nulls', async () => {
    await put(
      { items: 3, vip: true },
      { items: 'many', tags: ['a'], nested: { x: 1 } },
      { items: 2.5, none: null },
      {},
    );
    const none = { number: 0, boolean: 0, string: 0, list: 0 };
    const { metrics, events } = await store().analytics.metrics({ ...RANGE, limit: 500 });
    expect(events).to.equal(4);
    expect(metrics).to.deep.equal([
      { name: 'items', types: { ...none, number: 2, string: 1 }, events: 3 },
      { name: 'nested', types: none, events: 1 },
      { name: 'tags', types: { ...none, list: 1 }, events: 1 },
      { name: 'vip', types: { ...none, boolean: 1 }, events: 1 },
    ]);
  });

  it('finds metrics by a part of their names, and says how many there are', async () => {
    await put(Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`Metric_${n}`, n])), { other: 1 });
    const found = async (search: string | undefined, limit: number): Promise<unknown> => {
      const { metrics, total, events } = await store().analytics.metrics({ ...RANGE, search, limit });
      return [metrics.length, total, events];
    };
    expect(await found(undefined, 5)).to.deep.equal([5, 31, 2]);
    expect(await found('metric_2', 500)).to.deep.equal([11, 11, 2]);
    expect(await found('metric_2', 3)).to.deep.equal([3, 11, 2]);
    expect(await found('nothing', 3)).to.deep.equal([0, 0, 2]);
  });

  it('describes numbers: figures, every bucket of the range, and bins of equal width', async () => {
    await put(...Array.from({ length: 21 }, (_, items) => ({ items })));
    const { numbers, events, allEvents, shares } = await metric('items');
    expect([events, allEvents, shares.length]).to.deep.equal([21, 21, 0]);
    expect(numbers).to.deep.include({ count: 21, min: 0, max: 20, mean: 10, p50: 10, p95: 19 });
    expect(numbers?.series.map(({ count, mean }) => [count, mean])).to.deep.equal([
      [20, 9.5],
      [1, 20],
      [0, null],
    ]);
    expect(numbers?.histogram.map((bin) => bin.count)).to.deep.equal([
      ...Array.from({ length: 10 }, () => 2),
      1,
    ]);
    expect(numbers?.histogram[0]).to.deep.include({ from: 0, to: 1 });
    expect(numbers?.histogram.at(-1)).to.deep.include({ from: 19, to: 20 });
  });

  it('has one bin where all numbers are the same, and none where there is no number', async () => {
    await put({ items: -2 }, { items: -2 }, { items: 'x' });
    expect((await metric('items')).numbers?.histogram).to.deep.equal([{ from: -2, to: -2, count: 2 }]);
    expect((await metric('nothing')).numbers).to.equal(null);
  });

  it('keeps a boolean apart from the text of the same name, and says how many values are not listed', async () => {
    await put({ v: true }, { v: true }, { v: 'true' }, { v: 'é"\\' }, { v: 1 }, { v: ['x'] });
    expect(await metric('v')).to.deep.include({
      shares: [
        { value: true, count: 2 },
        { value: 'true', count: 1 },
        { value: 'é"\\', count: 1 },
      ],
      others: 0,
      events: 6,
    });
    await store().append(
      append({
        seq: 2,
        events: Array.from({ length: 30 }, (_, n) => at(n, { customData: JSON.stringify({ v: `x${n}` }) })),
      }),
    );
    const { shares, others } = await metric('v');
    expect([shares.length, shares[0]?.value, others]).to.deep.equal([20, true, 13]);
  });

  it('describes a metric of any name', async () => {
    const names = ['', 'a.b', '$', 'a/b~1', '0', `"'`, '__proto__', 'ключ 🎉', '*'];
    await put(Object.fromEntries(names.map((name) => [name, 1])));
    for (const name of names) expect((await metric(name)).events, name).to.equal(1);
    const { metrics } = await store().analytics.metrics({ ...RANGE, limit: 500 });
    expect(metrics.map((each) => each.name)).to.have.members(names);
  });

  it('groups by endpoint where that is asked for', async () => {
    const metrics = (custom: object): Partial<CerberusEvent> => ({ customData: JSON.stringify(custom) });
    const events = [
      at(1, metrics({ v: 1 })),
      at(1, metrics({ v: 3 })),
      at(1, { ...metrics({ v: 'b' }), method: 'POST' }),
      at(1, { ...metrics({ v: 'a' }), method: 'POST' }),
      at(1, { ...metrics({ v: 'b' }), method: 'POST' }),
      at(1, { ...metrics({}), method: 'PUT' }),
    ];
    await store().append(append({ events }));
    const endpoint = '/api/users/:id';
    expect((await metric('v')).groups).to.equal(undefined);
    const { groups = [] } = await metric('v', { byEndpoint: true });
    expect(groups).to.have.length(2);
    expect(groups[0]).to.deep.equal({
      method: 'POST',
      endpoint,
      events: 3,
      mean: null,
      p95: null,
      top: { value: 'b', count: 2 },
    });
    expect(groups[1]).to.deep.include({ method: 'GET', endpoint, events: 2, mean: 2, top: null });
    expect(groups[1]?.p95).to.be.closeTo(2.9, 1e-9);
  });
}

function producerLists(store: () => Store): void {
  it('lists producers, the one that was seen last first, and client ids in order', async () => {
    const seen = (producer: string, clientId: string, receivedAt: number): Promise<unknown> =>
      store().append(append({ producer: producerRef({ producer, clientId }), receivedAt }));
    await seen('a', 'shop', START);
    await seen('b', 'blog', START + 2);
    await seen('c', 'shop', START + 1);
    const all = await store().analytics.producers({ limit: 10, first: [] });
    expect(all.rows.map((row) => row.producer)).to.deep.equal(['b', 'c', 'a']);
    const some = await store().analytics.producers({ limit: 2, first: ['a'], clientId: 'shop' });
    expect(some.rows.map((row) => row.producer)).to.deep.equal(['a', 'c']);
    const few = await store().analytics.producers({ limit: 1, first: [] });
    expect([few.rows.length, few.total]).to.deep.equal([1, 3]);
  });

  it('adds producers up by application, the one that was seen last first, and searches what they say of themselves', async () => {
    const service = { version: '1.2.0-Beta', environment: null, instanceId: 'pod_1%' };
    const send = (producer: string, clientId: string, after: number, more = {}): Promise<unknown> =>
      store().append(
        append({ producer: producerRef({ producer, clientId, ...more }), receivedAt: START + after }),
      );
    await send('a', 'shop', 0, { service, agent: 'old/1' });
    await send('b', 'shop', 5, { agent: 'new/2' });
    await send('event:blog', 'blog', 3, { mode: 'event', agent: null });
    const list = (query: object): ReturnType<Store['analytics']['applications']> =>
      store().analytics.applications({ limit: 10, first: [], ...query });
    const { rows, total } = await list({});
    expect(total).to.equal(2);
    expect(rows.map((row) => row.clientId)).to.deep.equal(['shop', 'blog']);
    expect(rows[0]).to.deep.include({
      producers: 2,
      modes: ['batch'],
      agent: 'new/2',
      firstSeen: START,
      lastSeen: START + 5,
      rejected: 0,
    });
    expect((await list({ first: ['blog'] })).rows.map((row) => row.clientId)).to.deep.equal(['blog', 'shop']);
    const cut = await list({ limit: 1 });
    expect([cut.rows.length, cut.total]).to.deep.equal([1, 2]);
    for (const [search, found] of Object.entries({ BETA: 1, 'pod_1%': 1, shop: 1, o: 2, 'x%': 0, "'": 0 }))
      expect((await list({ search })).total, search).to.equal(found);
    expect((await list({ search: 'beta' })).rows[0], 'found by one of two').to.include({ producers: 2 });
    const producers = await store().analytics.producers({ search: 'beta', limit: 10, first: [] });
    expect(producers.rows.map((row) => row.producer)).to.deep.equal(['a']);
  });
}
