// PostgresStore against exact answers: those from aggregates are within their errors, of long ranges and of very many events.
import { expect } from 'chai';

import type { CerberusEvent } from '../../../../dist/event/event.js';
import type { Analytics } from '../../../../dist/store/questions/analytics.js';
import { HEAD_CLIENTS } from '../../../../dist/store/postgres/aggregates/client-family.js';
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
import { append, producerRef, START, storeEvent } from '../../../support/events/events.js';
import { hashOf, PREFIXES, randomEvent, seededRandom } from '../../../support/events/random-events.js';
import { ask } from '../../../support/databases/postgres.js';
import {
  ENDPOINT,
  LONG,
  SHORT,
  filtersOf,
  useComparedStores,
  useStoresInAllStates,
} from '../../../support/databases/compared-stores.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('answers from PostgreSQL about more than a day, under a filter', function () {
  this.timeout(120_000);
  const stores = useStoresInAllStates();

  const estimated = [
    ...Object.entries(filtersOf(LONG)).map((entry) => [...entry, () => stores.store] as const),
    ...Object.entries(filtersOf(SHORT)).map(
      ([name, filter]) => [`${name}, many events of a day`, filter, () => stores.estimating] as const,
    ),
  ];
  for (const [name, filter, answering] of estimated) {
    it(`count exactly and estimate within their errors: ${name}`, async () => {
      const { analytics } = answering();
      for (const bucketMillis of [DAY, 6 * HOUR, 30 * MINUTE]) {
        const query = { ...filter, bucketMillis };
        const [is, should] = [await analytics.overview(query), await stores.exact.analytics.overview(query)];
        expect([is.estimated, should.estimated]).to.deep.equal([true, false]);
        const countsOf = ({ series, methods, outcomes, statusCodes, histogram }: typeof is): unknown => [
          series.map(({ latency: _latency, ...counts }) => counts),
          methods,
          outcomes,
          statusCodes,
          histogram,
        ];
        expect(countsOf(is), `${bucketMillis}`).to.deep.equal(countsOf(should));
        expectClose(is.totals, should.totals);
        expectClose(is.previous, should.previous);
        expectClose({ ...(await analytics.totals(filter)), clients: is.totals.clients }, should.totals);
        for (const [index, point] of is.series.entries()) {
          expectLatency(point.latency, should.series[index]?.latency);
        }
      }
      const listOf = (each: Analytics): Promise<unknown[]> =>
        Promise.all([
          each.clients({ ...filter, limit: 200 }),
          ...PREFIXES.map((prefix) => each.clients({ ...filter, prefix, limit: 200 })),
          ...DIMENSIONS.map((of) => each.values({ ...filter, of, limit: 20 })),
          ...(['path', 'consumer', 'status'] as const).map((of) =>
            each.values({ ...filter, of, latestRequests: 300, limit: 20 }),
          ),
          each.errors({ ...filter, limit: 20 }),
          each
            .latencies({ ...filter, bucketMillis: 6 * HOUR })
            .then((cells) => cells.toSorted((a, b) => a.start - b.start || a.bucket - b.bucket)),
          each.endpoints({ ...filter, order: 'requests', limit: 50 }).then(({ endpoints, total }) => [
            total,
            // Parts begin where the range says, minutes do not.
            endpoints.map(({ latency: _latency, sparkline, ...rest }) => [
              rest,
              sparkline.reduce((a, b) => a + b),
            ]),
          ]),
        ]);
      expect(await listOf(analytics)).to.deep.equal(await listOf(stores.exact.analytics));
      await expectSameSlowest(answering(), stores.exact, filter);
      await expectSameConsumers(answering(), stores.exact, filter);
      await expectSameErrors(answering(), stores.exact, { ...filter, since: filter.since - 8 * DAY });
      const metrics = { ...filter, limit: 500 };
      const { estimated: _estimated, ...list } = await analytics.metrics(metrics);
      const { estimated: _exact, ...exactList } = await stores.exact.analytics.metrics(metrics);
      expect(list).to.deep.equal(exactList);
      for (const metric of ['items', 'plan', 'vip', 'nothing']) {
        const query = { ...filter, name: metric, bucketMillis: 12 * HOUR, byEndpoint: true };
        expectMetric(await analytics.metric(query), await stores.exact.analytics.metric(query));
      }
    });
  }
});

describe('answers from PostgreSQL about more than a day', function () {
  this.timeout(120_000);
  const stores = useComparedStores();

  it('name only numbers that were sent as percentiles of a metric, where these are less than 4 % apart from no other', async () => {
    const sent = [7, 7, 7, 7, 3, -2.5, 1e-20, 99.99];
    const each = Array.from({ length: 40 }, (_, index) => ({
      ...storeEvent({ customData: JSON.stringify({ queries: sent[index % sent.length] }) }),
      timestamp: START - 45 * HOUR + index * HOUR,
    }));
    await stores.put(each);
    await stores.store.rollUp();
    const query = { since: START - 48 * HOUR, until: START, name: 'queries' };
    const metric = await stores.store.analytics.metric({
      ...query,
      bucketMillis: 12 * HOUR,
      byEndpoint: true,
    });
    const should = await stores.exact.analytics.metric({
      ...query,
      bucketMillis: 12 * HOUR,
      byEndpoint: true,
    });
    const percentiles = ({ numbers, groups }: typeof metric): unknown => [
      [numbers?.p50, numbers?.p95],
      numbers?.series.map(({ start, p95 }) => [start, p95]),
      groups?.map(({ endpoint, p95 }) => [endpoint, p95]),
    ];
    expect([metric.estimated, should.estimated]).to.deep.equal([true, false]);
    expect(percentiles(metric)).to.deep.equal(percentiles(should));
  });

  it('count nothing that lies behind the end of a long range, aggregated or not', async () => {
    const until = START + 10 * MINUTE + 1;
    const range = { since: until - 30 * HOUR, until };
    await stores.put(stores.events(300, range.since, until));
    await stores.store.rollUp();
    await stores.put(stores.events(30, range.since, until));
    const lists = async (each: Store): Promise<unknown> => {
      const { totals, series } = await each.analytics.overview({ ...range, bucketMillis: HOUR });
      return [
        totals.requests,
        series.map(({ requests }) => requests),
        await each.analytics.clients({ ...range, limit: 200 }),
        await each.analytics.metrics({ ...range, limit: 500 }).then((list) => list.metrics),
      ];
    };
    expect(await lists(stores.store), 'nothing lies behind it').to.deep.equal(await lists(stores.exact));
    await stores.put(stores.events(50, until, until + 20 * MINUTE));
    expect(await lists(stores.store), 'not aggregated').to.deep.equal(await lists(stores.exact));
    await stores.store.rollUp();
    expect(await lists(stores.store), 'aggregated').to.deep.equal(await lists(stores.exact));
  });

  it('count an hour in the part of a sparkline in which it begins, also where it begins just after the part', async () => {
    const since = Math.floor(START / HOUR) * HOUR - 60 * HOUR + MINUTE / 2;
    const range = { since, until: since + 60 * HOUR };
    const halfHours = Array.from({ length: 60 }, (_, hour) => since + (hour + 0.5) * HOUR);
    await stores.put(halfHours.map((timestamp) => storeEvent({ timestamp })));
    await stores.store.rollUp();
    const { endpoints } = await stores.store.analytics.endpoints({ ...range, order: 'requests', limit: 1 });
    expect(endpoints[0]?.sparkline).to.deep.equal(Array.from({ length: 30 }, () => 2));
  });

  it('estimate many clients within 5 %', async () => {
    const known = Array.from({ length: 20_000 }, (_, client) => hashOf(client));
    const [like] = stores.events(1);
    const sent = known.map((sourceIp, index) => ({
      ...storeEvent(like),
      sourceIp,
      timestamp: START - 48 * HOUR + index * 5000,
    }));
    for (let from = 0; from < sent.length; from += 4000) {
      const producer = producerRef({ producer: `many-${from}` });
      await stores.store.append(append({ producer, seq: 1, events: sent.slice(from, from + 4000) }));
    }
    await stores.store.rollUp();
    const { totals } = await stores.store.analytics.overview({ ...LONG, bucketMillis: HOUR });
    expect(totals.clients).to.be.within(19_000, 21_000).and.not.equal(20_000);
  });

  it('find the busiest of many clients, and rows tell the truth about those behind their heads', async () => {
    const random = seededRandom(5);
    const clients = Array.from({ length: 2500 }, (_, client) => hashOf(client));
    const busy = (): CerberusEvent[] =>
      [...clients, ...Array.from({ length: 2500 }, () => clients[Math.floor(random() ** 4 * 60)] ?? '')].map(
        (sourceIp) => ({
          ...storeEvent(),
          sourceIp,
          timestamp: START - 60 * HOUR + Math.floor(random() * 50 * HOUR),
        }),
      );
    await stores.put(busy());
    await stores.store.rollUp();
    expect(await stores.compact()).to.be.greaterThan(0);
    await stores.put(busy());
    await stores.store.rollUp();
    await stores.put(busy().slice(0, 300));
    for (const endpoint of [{}, { method: 'GET', endpoint: '/api/users/:id' }]) {
      const query = { ...LONG, ...endpoint, limit: 40 };
      expect(await stores.store.analytics.clients(query)).to.deep.equal(
        await stores.exact.analytics.clients(query),
      );
    }
    for (const table of ['day_client_totals', 'day_clients', 'hour_client_totals']) {
      const [row] = await ask<{ readonly n: number; readonly wrong: number }>(
        stores.url,
        `SELECT max(cardinality(clients)) AS n,
                count(*) FILTER (WHERE most_behind < (SELECT max(one) FROM unnest(client_requests[${HEAD_CLIENTS + 1}:]) AS one)) AS wrong
         FROM ${table}`,
      );
      expect(Number(row?.wrong), table).to.equal(0);
      if (table !== 'hour_client_totals') expect(Number(row?.n), table).to.be.greaterThan(HEAD_CLIENTS);
    }
  });

  it('find the busiest clients of an endpoint, and all of their requests, where several hours are aggregated at once', async () => {
    const day = Math.floor(START / DAY) * DAY - 2 * DAY;
    const clients = Array.from({ length: HEAD_CLIENTS + 100 }, (_, client) => hashOf(client));
    const sent = clients.flatMap((sourceIp, index) =>
      Array.from({ length: index % 50 === 0 && index < 300 ? 42 + index / 25 : 2 }, (_, request) => ({
        ...storeEvent(),
        sourceIp,
        timestamp: day + (request % 2) * 5 * HOUR + index,
      })),
    );
    await stores.put(sent);
    await stores.store.rollUp();
    for (const limit of [1, 2, 3, 6]) {
      const query = { ...LONG, method: 'GET', endpoint: '/api/users/:id', limit };
      expect(await stores.store.analytics.clients(query), `${limit}`).to.deep.equal(
        await stores.exact.analytics.clients(query),
      );
    }
    const twice = await ask(
      stores.url,
      `SELECT FROM day_clients WHERE cardinality(clients) > (SELECT count(DISTINCT client) FROM unnest(clients) AS client)`,
    );
    expect(twice, 'rows that have a client twice').to.have.length(0);
  });

  it('tell p95 of busy clients from a sample, and all else of them, and all of the others, exactly', async () => {
    const random = seededRandom(11);
    const known = [1, 2, 3].map(hashOf);
    const rare = [4, 5, 6, 7, 8, 9].map(hashOf);
    const busy = (count: number): CerberusEvent[] =>
      Array.from({ length: count }, (_, index) => ({
        ...randomEvent(random, LONG.since - HOUR, LONG.until),
        sourceIp: (index % 60 === 0 ? rare[(index / 60) % 6] : known[index % 3]) ?? null,
        latencyMs: 1 + 999 * random(),
        // Of what each of them has, a sample knows; of what only one has, it does not.
        ...(index % 100 === 7 && { route: `/only/${index % 3}` }),
      }));
    await stores.put(busy(7000));
    await stores.store.rollUp();
    await stores.put(busy(2000));
    for (const filter of [LONG, { ...LONG, ...ENDPOINT }]) {
      const query = { ...filter, by: 'client', order: 'requests', limit: 7 } as const;
      const [is, should] = await Promise.all(
        [stores.estimating, stores.exact].map((each) => each.analytics.consumers(query)),
      );
      if (is === undefined || should === undefined) throw new Error('no answer');
      expect([is.estimated, is.total, is.consumers.length]).to.deep.equal([true, 9, 7]);
      for (const [index, { p95, ...figures }] of is.consumers.entries()) {
        const { p95: exactP95, ...others } = should.consumers[index] ?? { p95: null };
        expect(figures).to.deep.equal(others);
        // Latencies are spread evenly, so that a rank of 1 % is 10 ms.
        if (index < 3) expect(p95).to.be.within((exactP95 ?? NaN) - 45, (exactP95 ?? NaN) + 45);
        else expect(p95).to.be.closeTo(exactP95 ?? NaN, 1e-6);
      }
      expect((await stores.store.analytics.consumers(query)).estimated, 'of few requests').to.equal(false);
    }
  });
});
