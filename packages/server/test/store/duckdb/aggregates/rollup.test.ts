// Ranges of more than a day, or of many events, which DuckDbStore answers from aggregates, against exact answers.

import { join } from 'node:path';

import { expect } from 'chai';

import type { CerberusEvent } from '../../../../dist/event/event.js';
import type { AnalyticsFilter } from '../../../../dist/store/questions/analytics-filter.js';
import type { BoundQuery } from '../../../../dist/store/duckdb/engine/conditions.js';
import type { ReadRows } from '../../../../dist/store/duckdb/engine/read-connection.js';
import { openDatabase } from '../../../../dist/store/duckdb/instance.js';
import { eventListOf } from '../../../../dist/store/duckdb/questions/event-list.js';
import { DuckDbStore } from '../../../../dist/store/duckdb/store.js';
import { MemoryStore } from '../../../../dist/store/memory/store.js';
import { DIMENSIONS } from '../../../../dist/store/questions/value-list.js';
import type { Store } from '../../../../dist/store/store.js';
import {
  expectClose,
  expectLatency,
  expectMetric,
  expectSameConsumers,
  expectSameErrors,
  expectSameSlowest,
} from '../../../support/questions/answers.js';
import { sql } from '../../../support/databases/duckdb-file.js';
import { append, START, storeEvent } from '../../../support/events/events.js';
import { MEMBER_FILTERS } from '../../../support/questions/filters.js';
import { hashOf, PREFIXES, randomEvent, seededRandom } from '../../../support/events/random-events.js';
import { removeTempFolders, tempFolder } from '../../../support/temp-folder.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LIMITS = { memoryLimit: '256MB', threads: 1, exactEvents: 100 };
/** Begins and ends within a minute, an hour and a day. */
const RANGE = { since: START - 70 * HOUR - 1234, until: START + 7 * HOUR + 4321 };
const BUSY = { since: START - 17 * HOUR - 1234, until: START + 5 * HOUR + 4321 };

let exact: MemoryStore;
let store: DuckDbStore;
let path: string;
let seq = 0;

async function openStores(): Promise<void> {
  seq = 0;
  exact = new MemoryStore();
  path = join(tempFolder(), 'x.duckdb');
  store = await DuckDbStore.open(path, LIMITS);
}

async function closeStores(): Promise<void> {
  await store.close();
  removeTempFolders();
}

async function put(sent: readonly CerberusEvent[]): Promise<void> {
  seq += 1;
  for (const each of [exact, store]) await each.append(append({ seq, events: sent }));
}

function events(
  count: number,
  since = RANGE.since - 2 * HOUR,
  until = RANGE.until + 2 * HOUR,
): CerberusEvent[] {
  const random = seededRandom(count + seq);
  return Array.from({ length: count }, () => randomEvent(random, since, until));
}

describe('aggregates, asked under a filter', () => {
  // Aggregated, not aggregated yet, and late for minutes that were.
  before(async () => {
    await openStores();
    await put(events(1500));
    await store.rollUp();
    await put(events(300));
    await store.rollUp();
    await put(events(200));
  });

  after(closeStores);

  const filters: Readonly<Record<string, AnalyticsFilter>> = {
    everything: RANGE,
    'one client id': { ...RANGE, clientId: 'shop' },
    'one endpoint': { ...RANGE, method: 'GET', endpoint: '/c/:id' },
    'a day of many events': BUSY,
    'one endpoint of a day of many events': { ...BUSY, method: 'GET', endpoint: '/c/:id' },
    ...Object.fromEntries(
      Object.entries(MEMBER_FILTERS).map(([name, filter]) => [name, { ...filter, ...RANGE }]),
    ),
  };

  for (const [name, filter] of Object.entries(filters)) {
    for (const bucketMillis of [6 * HOUR, 30 * MINUTE]) {
      it(`count exactly and estimate within their errors: ${name}, buckets of ${bucketMillis / MINUTE} min`, async () => {
        const [is, should] = await Promise.all(
          [store, exact].map((each) => each.analytics.overview({ ...filter, bucketMillis })),
        );
        if (is === undefined || should === undefined) throw new Error('no answer');
        expect([is.estimated, should.estimated]).to.deep.equal([true, false]);
        const countsOf = ({ series, methods, outcomes, statusCodes, histogram }: typeof is): unknown => [
          series.map(({ latency: _latency, ...counts }) => counts),
          methods,
          outcomes,
          statusCodes,
          histogram,
        ];
        expect(countsOf(is)).to.deep.equal(countsOf(should));
        expectClose(is.totals, should.totals);
        expectClose(is.previous, should.previous);
        for (const [index, point] of is.series.entries()) {
          expectLatency(point.latency, should.series[index]?.latency);
        }
      });
    }

    it(`list endpoints and clients: ${name}`, async () => {
      const lists = (each: Store): Promise<readonly unknown[]> =>
        Promise.all([
          each.analytics.clients({ ...filter, limit: 200 }),
          ...PREFIXES.map((prefix) => each.analytics.clients({ ...filter, prefix, limit: 200 })),
          ...DIMENSIONS.map((of) => each.analytics.values({ ...filter, of, limit: 20 })),
          ...(['path', 'consumer', 'status'] as const).map((of) =>
            each.analytics.values({ ...filter, of, latestRequests: 300, limit: 20 }),
          ),
          each.analytics.errors({ ...filter, limit: 20 }),
          each.analytics
            .latencies({ ...filter, bucketMillis: 6 * HOUR })
            .then((cells) => cells.toSorted((a, b) => a.start - b.start || a.bucket - b.bucket)),
          each.analytics
            .endpoints({ ...filter, order: 'requests', limit: 50 })
            .then(({ endpoints, total }) => [
              total,
              // Parts begin where the range says, minutes do not.
              endpoints.map(({ latency: _latency, sparkline, ...rest }) => [
                rest,
                sparkline.reduce((a, b) => a + b),
              ]),
            ]),
        ]);
      expect(await lists(store)).to.deep.equal(await lists(exact));
      const [is, should] = await Promise.all(
        [store, exact].map((each) => each.analytics.endpoints({ ...filter, order: 'errors', limit: 50 })),
      );
      for (const [index, endpoint] of (is?.endpoints ?? []).entries()) {
        expectLatency(endpoint.latency, should?.endpoints[index]?.latency);
        for (const [part, requests] of endpoint.sparkline.entries()) {
          expect(requests).to.be.closeTo(should?.endpoints[index]?.sparkline[part] ?? NaN, 3);
        }
      }
    });

    it(`tell whom requests were for, what failed and what was slowest: ${name}`, async () => {
      await expectSameSlowest(store, exact, filter);
      await expectSameConsumers(store, exact, filter);
      await expectSameErrors(store, exact, { ...filter, since: filter.since - 8 * DAY });
    });

    it(`describe metrics: ${name}`, async () => {
      const { metrics, events: all } = await store.analytics.metrics({ ...filter, limit: 500 });
      const should = await exact.analytics.metrics({ ...filter, limit: 500 });
      expect([metrics, all]).to.deep.equal([should.metrics, should.events]);
      for (const metric of ['items', 'plan', 'vip', 'nothing']) {
        const query = { ...filter, name: metric, bucketMillis: 12 * HOUR, byEndpoint: true };
        expectMetric(await store.analytics.metric(query), await exact.analytics.metric(query));
      }
    });
  }
});

describe('aggregates', () => {
  beforeEach(openStores);

  afterEach(closeStores);

  it('tell among which few events the slowest are', async () => {
    await put(events(1500));
    await store.rollUp();
    await store.close();
    const database = await openDatabase(path, LIMITS);
    const connection = await database.connect();
    const asked: BoundQuery[] = [];
    const rows: ReadRows = async (query) => {
      asked.push(query);
      return (await connection.runAndReadAll(query.sql, query.values, query.types)).getRowObjects();
    };
    const query = { ...RANGE, clientId: 'shop', order: 'slowest', limit: 10 } as const;
    expect(await eventListOf(rows, query)).to.have.length(10);
    connection.closeSync();
    database.release();
    store = await DuckDbStore.open(path, LIMITS);
    expect(asked).to.have.length(2);
    const from = Number(asked[1]?.values['latency_from']);
    const among = await exact.events({ ...query, limit: 1500, latency: { from } });
    expect(among.length).to.be.within(10, 100);
  });

  it('keep what they say when their rows are put together', async () => {
    for (let round = 0; round < 22; round += 1) {
      await put(events(20, START - 30 * HOUR, START - 29 * HOUR));
      await store.rollUp();
    }
    const query = { ...RANGE, bucketMillis: HOUR };
    const [is, should] = await Promise.all([store, exact].map((each) => each.analytics.overview(query)));
    expect(is?.series.map((point) => point.requests)).to.deep.equal(
      should?.series.map((point) => point.requests),
    );
    expect(is?.totals.requests).to.equal(440);
    const clients = { ...RANGE, limit: 200 };
    expect(await store.analytics.clients(clients)).to.deep.equal(await exact.analytics.clients(clients));
    await expectSameConsumers(store, exact, RANGE);
    await expectSameErrors(store, exact, { ...RANGE, since: RANGE.since - 8 * DAY });
    await store.close();
    for (const [table, rows] of Object.entries({ day_consumers: 440, hour_errors: 440 })) {
      const [[count = 0] = []] = await sql(path, `SELECT count(*)::INTEGER FROM ${table}`);
      expect(count, table).to.be.within(1, rows - 1);
    }
    store = await DuckDbStore.open(path, LIMITS);
  }).timeout(60_000);

  it('have the minutes of an event as soon as it is stored, with those of late ones, and once each in the end', async () => {
    const minute = async (): Promise<unknown> => {
      await store.close();
      const rows = await sql(
        path,
        `SELECT (epoch_ms(start) - ${START}) / ${MINUTE}, sum(requests)::INTEGER, count(*)::INTEGER FROM minute_requests
         GROUP BY start ORDER BY start`,
      );
      const latencies = await sql(path, 'SELECT sum(requests)::INTEGER FROM minute_latencies');
      store = await DuckDbStore.open(path, LIMITS);
      return [rows, latencies];
    };
    await put([storeEvent(), storeEvent(), storeEvent({ timestamp: START + MINUTE })]);
    await put([storeEvent()]);
    expect(await minute(), 'not aggregated').to.deep.equal([
      [
        [0, 3, 2],
        [1, 1, 1],
      ],
      [[4]],
    ]);
    await store.rollUp();
    expect(await minute(), 'aggregated').to.deep.equal([
      [
        [0, 3, 1],
        [1, 1, 1],
      ],
      [[4]],
    ]);
    await put([storeEvent({ latencyMs: null })]);
    expect(await minute(), 'late').to.deep.equal([
      [
        [0, 4, 2],
        [1, 1, 1],
      ],
      [[4]],
    ]);
  });

  it('are left aside for buckets that they cannot tell apart', async () => {
    await put(events(400));
    await store.rollUp();
    const range = { since: START - 26 * HOUR, until: START };
    const series = async (each: Store): Promise<unknown> => {
      const overview = await each.analytics.overview({ ...range, bucketMillis: 90_000 });
      const metric = await each.analytics.metric({
        ...range,
        name: 'items',
        bucketMillis: 30 * MINUTE,
        byEndpoint: false,
      });
      return [
        overview.series.map(({ start, requests }) => [start, requests]),
        metric.numbers?.series.map(({ start, count }) => [start, count]),
        [overview.estimated, metric.estimated],
      ];
    };
    expect(await series(store)).to.deep.equal(await series(exact));
  });

  it('name only numbers that were sent as percentiles of a metric, where these are less than 4 % apart from no other', async () => {
    const sent = [7, 7, 7, 7, 3, -2.5, 1e-20, 99.99];
    const each = Array.from({ length: 40 }, (_, index) => ({
      ...storeEvent({ customData: JSON.stringify({ queries: sent[index % sent.length] }) }),
      timestamp: START - 45 * HOUR + index * HOUR,
    }));
    await put(each);
    await store.rollUp();
    const query = { since: START - 48 * HOUR, until: START, name: 'queries' };
    const metric = await store.analytics.metric({ ...query, bucketMillis: 12 * HOUR, byEndpoint: true });
    const should = await exact.analytics.metric({ ...query, bucketMillis: 12 * HOUR, byEndpoint: true });
    const percentiles = ({ numbers, groups }: typeof metric): unknown => [
      [numbers?.p50, numbers?.p95],
      numbers?.series.map(({ start, p95 }) => [start, p95]),
      groups?.map(({ endpoint, p95 }) => [endpoint, p95]),
    ];
    expect([metric.estimated, should.estimated]).to.deep.equal([true, false]);
    expect(percentiles(metric)).to.deep.equal(percentiles(should));
  });

  it('count nothing that lies behind the end of a range, aggregated or not', async () => {
    const until = START + 10 * MINUTE + 1;
    const range = { since: until - 30 * HOUR, until };
    await put(events(300, range.since, until));
    await store.rollUp();
    await put(events(30, range.since, until));
    const lists = async (each: Store): Promise<unknown> => {
      const { totals, series } = await each.analytics.overview({ ...range, bucketMillis: HOUR });
      return [
        totals.requests,
        series.map(({ requests }) => requests),
        await each.analytics.clients({ ...range, limit: 200 }),
        await each.analytics.metrics({ ...range, limit: 500 }).then((list) => list.metrics),
      ];
    };
    expect(await lists(store), 'nothing lies behind it').to.deep.equal(await lists(exact));
    await put(events(50, until, until + 20 * MINUTE));
    expect(await lists(store), 'not aggregated').to.deep.equal(await lists(exact));
    await store.rollUp();
    expect(await lists(store), 'aggregated').to.deep.equal(await lists(exact));
  });

  it('may count requests of the last seconds in a long range that ends now, and none of later ones', async () => {
    const until = START + 10 * MINUTE;
    const realNow = Date.now;
    const requestsOf = async (since: number, now: number): Promise<number> => {
      Date.now = () => now;
      try {
        return (await store.analytics.overview({ since, until, bucketMillis: HOUR })).totals.requests;
      } finally {
        Date.now = realNow;
      }
    };
    const long = until - 30 * HOUR;
    await put([storeEvent({ timestamp: until - 1 }), storeEvent({ timestamp: until + 500 })]);
    await store.rollUp();
    expect(await requestsOf(long, until + 2000), 'ends now').to.equal(2);
    expect(await requestsOf(long, until + 10_000), 'ended before').to.equal(1);
    expect(await requestsOf(until - HOUR, until + 2000), 'exact').to.equal(1);
    await put([storeEvent({ timestamp: until + 3000 })]);
    await store.rollUp();
    expect(await requestsOf(long, until + 2000), 'a clock that is ahead').to.equal(1);
  });

  it('estimate many clients within 5 %', async () => {
    const known = Array.from({ length: 20_000 }, (_, client) => hashOf(client));
    const spread = (sourceIp: string, index: number): CerberusEvent => ({
      ...(events(1)[0] as CerberusEvent),
      sourceIp,
      timestamp: START - 48 * HOUR + index * 5000,
    });
    for (let from = 0; from < known.length; from += 4000)
      await put(known.slice(from, from + 4000).map(spread));
    await store.rollUp();
    const { totals } = await store.analytics.overview({ ...RANGE, bucketMillis: HOUR });
    expect(totals.clients).to.be.within(19_000, 21_000).and.not.equal(20_000);
  });

  it('agree with themselves while events arrive and are aggregated', async () => {
    await put(events(1000));
    const writer = (async (): Promise<void> => {
      for (let round = 0; round < 15; round += 1) {
        await put(events(50));
        await store.rollUp();
      }
    })();
    let rounds = 0;
    let before = 0;
    const stop = writer.then(() => true);
    while (!(await Promise.race([stop, Promise.resolve(false)]))) {
      const { totals, series, methods } = await store.analytics.overview({ ...RANGE, bucketMillis: HOUR });
      const sum = (parts: readonly { readonly requests: number }[]): number =>
        parts.reduce((total, part) => total + part.requests, 0);
      expect([sum(series), sum(methods)]).to.deep.equal([totals.requests, totals.requests]);
      expect(totals.requests).to.be.at.least(before);
      before = totals.requests;
      rounds += 1;
    }
    await writer;
    expect(rounds).to.be.greaterThan(1);
  }).timeout(60_000);
});
