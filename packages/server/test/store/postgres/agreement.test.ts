// PostgresStore against exact answers: short ranges the same, longer ones within the errors of its aggregates.

import { expect } from 'chai';
import pg from 'pg';

import type { CerberusEvent } from '../../../dist/event/event.js';
import type { Analytics, AnalyticsFilter } from '../../../dist/store/questions/analytics.js';
import { MemoryStore } from '../../../dist/store/memory/store.js';
import { HEAD_CLIENTS } from '../../../dist/store/postgres/aggregates/client-family.js';
import { compactStep } from '../../../dist/store/postgres/aggregates/compact.js';
import { rollUpStep } from '../../../dist/store/postgres/aggregates/roll-up.js';
import { DAILY_TABLES } from '../../../dist/store/postgres/schema/tables.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { DIMENSIONS } from '../../../dist/store/questions/value-list.js';
import type { Store } from '../../../dist/store/store.js';
import {
  expectClose,
  expectLatency,
  expectMetric,
  expectSameConsumers,
  expectSameErrors,
  expectSameSlowest,
  tidy,
} from '../../support/questions/answers.js';
import { within } from '../../support/deadline.js';
import { afterTest } from '../../support/disposal.js';
import { append, producerRef, START, storeEvent } from '../../support/events/events.js';
import { MEMBER_FILTERS } from '../../support/questions/filters.js';
import { hashOf, PREFIXES, randomEvent, seededRandom } from '../../support/events/random-events.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { LIMITS, openStore, SECRETS } from '../../support/databases/postgres-store.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Begins and ends within a minute, an hour and a day. */
const LONG = { since: START - 70 * HOUR - 1234, until: START + 7 * HOUR + 4321 };
const SHORT = { since: START - 5 * HOUR - 1234, until: START + 7 * HOUR + 4321 };
const ORIGIN = 'release, environment, synthetic';
const ENDPOINT = { method: 'GET', endpoint: '/c/:id' };

/** Aggregates answer more than these even for a day, from a store that was told so. */
const MANY = 100;

function withRange(range: AnalyticsFilter): Readonly<Record<string, AnalyticsFilter>> {
  return Object.fromEntries(
    Object.entries(MEMBER_FILTERS).map(([name, filter]) => [name, { ...filter, ...range }]),
  );
}

const longFilters: Readonly<Record<string, AnalyticsFilter>> = {
  everything: LONG,
  'one client id': { ...LONG, clientId: 'shop' },
  'one endpoint': { ...LONG, ...ENDPOINT },
  ...withRange(LONG),
};
const shortFilters: Readonly<Record<string, AnalyticsFilter>> = {
  everything: SHORT,
  'one client id': { ...SHORT, clientId: 'shop' },
  'one endpoint': { ...SHORT, ...ENDPOINT },
  ...withRange(SHORT),
};

describe('answers from PostgreSQL', function () {
  this.timeout(120_000);
  const newDatabase = usePostgres();
  let url: string;
  let exact: MemoryStore;
  let store: PostgresStore;
  let estimating: PostgresStore;
  let seq = 0;

  before(async () => {
    url = await newDatabase();
    store = await openStore(url);
    estimating = await openStore(url, SECRETS, { ...LIMITS, exactEvents: MANY });
  });

  after(async () => {
    await estimating.close();
    await store.close();
  });

  beforeEach(async () => {
    exact = new MemoryStore();
    // In the order in which a server makes partitions, or the two wait for each other.
    const names = DAILY_TABLES.map(({ name }) => name).join(', ');
    await ask(url, `TRUNCATE pending, producers, additions, releases, ${names}`);
  });

  async function put(sent: readonly CerberusEvent[], receivedAt = START + 50): Promise<void> {
    seq += 1;
    // Every few events are a batch.
    for (let from = 0; from < sent.length; from += 250) {
      const part = { events: sent.slice(from, from + 250), receivedAt, seq: 1 };
      const producer = producerRef({ producer: `p-${seq}-${from}` });
      for (const each of [exact, store]) await each.append(append({ ...part, producer }));
    }
  }

  async function connected(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    afterTest(() => client.end());
    return client;
  }

  async function compact(): Promise<number> {
    const client = await connected();
    let steps = 0;
    while (await compactStep(client, Date.now() + 3 * DAY)) steps += 1;
    return steps;
  }

  function events(
    count: number,
    since = LONG.since - 2 * HOUR,
    until = LONG.until + 2 * HOUR,
  ): CerberusEvent[] {
    const random = seededRandom(count + seq);
    return Array.from({ length: count }, () => randomEvent(random, since, until));
  }

  /** Some put together, some aggregated, some of another day of arrival, some pending. */
  async function putInAllStates(): Promise<void> {
    await put(events(800));
    await store.rollUp();
    await put(events(700));
    await store.rollUp();
    expect(await compact()).to.be.greaterThan(0);
    await put(events(300));
    await put(events(100), START + DAY);
    await store.rollUp();
    await put(events(200));
  }

  it('are the same as exact ones for a day and less', async () => {
    await putInAllStates();
    for (const [name, filter] of Object.entries(shortFilters)) {
      const all = async (each: Store): Promise<Record<string, unknown>> => {
        const { analytics } = each;
        const metric = { ...filter, bucketMillis: HOUR, byEndpoint: true };
        return {
          overview: await analytics.overview({ ...filter, bucketMillis: 30 * MINUTE }),
          seconds: await analytics.overview({ ...filter, bucketMillis: 90_000 }),
          clients: await analytics.clients({ ...filter, limit: 200 }),
          endpoints: await analytics.endpoints({ ...filter, order: 'p95', limit: 3 }),
          metrics: await analytics.metrics({ ...filter, limit: 500 }),
          items: await analytics.metric({ ...metric, name: 'items', bucketMillis: 25 * MINUTE }),
          plan: await analytics.metric({ ...metric, name: 'plan' }),
          summary: await each.summary(filter),
          events: (await each.events({ ...filter, limit: 20 })).map(({ timestamp }) => timestamp),
        };
      };
      const [is, should] = [await all(store), await all(exact)];
      for (const [question, answer] of Object.entries(should)) {
        expect(tidy(is[question]), `${name}: ${question}`).to.deep.equal(tidy(answer));
      }
    }
  });

  it('are exact for a day and less also where who counted puts a latency into the bucket beside its own', async () => {
    await putInAllStates();
    for (const table of ['minutes', 'hours', 'hour_totals'])
      await ask(url, `UPDATE ${table} SET buckets[1] = buckets[1] + 1 WHERE cardinality(buckets) > 0`);
    const query = { ...SHORT, bucketMillis: HOUR };
    const [is, should] = [await store.analytics.overview(query), await exact.analytics.overview(query)];
    expect(tidy([is.totals, is.previous, is.series])).to.deep.equal(
      tidy([should.totals, should.previous, should.series]),
    );
  });

  it('are exact up to a number of events of all endpoints, and estimates beyond', async () => {
    await put(events(MANY, SHORT.since, SHORT.until));
    await store.rollUp();
    const query = { ...SHORT, bucketMillis: HOUR, ...ENDPOINT };
    expect(tidy(await estimating.analytics.overview(query))).to.deep.equal(
      tidy(await exact.analytics.overview(query)),
    );
    await put(events(1, SHORT.since, SHORT.until));
    const { analytics } = estimating;
    expect((await analytics.overview(query)).estimated).to.equal(true);
    expect((await analytics.endpoints({ ...SHORT, order: 'p95', limit: 5 })).estimated).to.equal(true);
    const metric = await analytics.metric({ ...SHORT, name: 'items', byEndpoint: true });
    expect([metric.estimated, metric.bucketMillis]).to.deep.equal([true, HOUR]);
    const narrow = { ...SHORT, name: 'items', byEndpoint: true, bucketMillis: 15 * MINUTE };
    expect((await analytics.metric(narrow)).estimated).to.equal(false);
    expect((await store.analytics.overview(query)).estimated).to.equal(false);
  });

  const estimated = [
    ...Object.entries(longFilters).map((entry) => [...entry, () => store] as const),
    ...Object.entries(shortFilters).map(
      ([name, filter]) => [`${name}, many events of a day`, filter, () => estimating] as const,
    ),
  ];
  for (const [name, filter, answering] of estimated) {
    it(`count exactly and estimate within their errors: ${name}`, async () => {
      await putInAllStates();
      const { analytics } = answering();
      for (const bucketMillis of [DAY, 6 * HOUR, 30 * MINUTE]) {
        const query = { ...filter, bucketMillis };
        const [is, should] = [await analytics.overview(query), await exact.analytics.overview(query)];
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
      expect(await listOf(analytics)).to.deep.equal(await listOf(exact.analytics));
      await expectSameSlowest(answering(), exact, filter);
      await expectSameConsumers(answering(), exact, filter);
      await expectSameErrors(answering(), exact, { ...filter, since: filter.since - 8 * DAY });
      const metrics = { ...filter, limit: 500 };
      const { estimated: _estimated, ...list } = await analytics.metrics(metrics);
      const { estimated: _exact, ...exactList } = await exact.analytics.metrics(metrics);
      expect(list).to.deep.equal(exactList);
      for (const metric of ['items', 'plan', 'vip', 'nothing']) {
        const query = { ...filter, name: metric, bucketMillis: 12 * HOUR, byEndpoint: true };
        expectMetric(await analytics.metric(query), await exact.analytics.metric(query));
      }
    });
  }

  it('count nothing that lies behind the end of a long range, aggregated or not', async () => {
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

  it('count an hour in the part of a sparkline in which it begins, also where it begins just after the part', async () => {
    const since = Math.floor(START / HOUR) * HOUR - 60 * HOUR + MINUTE / 2;
    const range = { since, until: since + 60 * HOUR };
    const halfHours = Array.from({ length: 60 }, (_, hour) => since + (hour + 0.5) * HOUR);
    await put(halfHours.map((timestamp) => storeEvent({ timestamp })));
    await store.rollUp();
    const { endpoints } = await store.analytics.endpoints({ ...range, order: 'requests', limit: 1 });
    expect(endpoints[0]?.sparkline).to.deep.equal(Array.from({ length: 30 }, () => 2));
  });

  it('estimate many clients within 5 %', async () => {
    const known = Array.from({ length: 20_000 }, (_, client) => hashOf(client));
    const [like] = events(1);
    const sent = known.map((sourceIp, index) => ({
      ...storeEvent(like),
      sourceIp,
      timestamp: START - 48 * HOUR + index * 5000,
    }));
    for (let from = 0; from < sent.length; from += 4000) {
      const producer = producerRef({ producer: `many-${from}` });
      await store.append(append({ producer, seq: 1, events: sent.slice(from, from + 4000) }));
    }
    await store.rollUp();
    const { totals } = await store.analytics.overview({ ...LONG, bucketMillis: HOUR });
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
    await put(busy());
    await store.rollUp();
    expect(await compact()).to.be.greaterThan(0);
    await put(busy());
    await store.rollUp();
    await put(busy().slice(0, 300));
    for (const endpoint of [{}, { method: 'GET', endpoint: '/api/users/:id' }]) {
      const query = { ...LONG, ...endpoint, limit: 40 };
      expect(await store.analytics.clients(query)).to.deep.equal(await exact.analytics.clients(query));
    }
    for (const table of ['day_client_totals', 'day_clients', 'hour_client_totals']) {
      const [row] = await ask<{ readonly n: number; readonly wrong: number }>(
        url,
        `SELECT max(cardinality(clients)) AS n,
                count(*) FILTER (WHERE most_behind < (SELECT max(one) FROM unnest(client_requests[${HEAD_CLIENTS + 1}:]) AS one)) AS wrong
         FROM ${table}`,
      );
      expect(Number(row?.wrong), table).to.equal(0);
      if (table !== 'hour_client_totals') expect(Number(row?.n), table).to.be.greaterThan(HEAD_CLIENTS);
    }
  }).timeout(120_000);

  it('tell p95 of busy clients from a sample, and all else of them, and all of the others, exactly', async () => {
    const random = seededRandom(11);
    const known = [1, 2, 3].map(hashOf);
    const rare = [4, 5, 6, 7, 8, 9].map(hashOf);
    const busy = (count: number): CerberusEvent[] =>
      Array.from({ length: count }, (_, index) => ({
        ...randomEvent(random, LONG.since - HOUR, LONG.until),
        sourceIp: (index % 60 === 0 ? rare[(index / 60) % 6] : known[index % 3]) ?? null,
        latencyMs: 1 + 999 * random(),
      }));
    await put(busy(7000));
    await store.rollUp();
    await put(busy(2000));
    for (const filter of [LONG, { ...LONG, ...ENDPOINT }]) {
      const query = { ...filter, by: 'client', order: 'requests', limit: 7 } as const;
      const [is, should] = await Promise.all(
        [estimating, exact].map((each) => each.analytics.consumers(query)),
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
      expect((await store.analytics.consumers(query)).estimated, 'of few requests').to.equal(false);
    }
  });

  it('are not hindered by a metric that PostgreSQL cannot read', async () => {
    const odd = [
      '{"a\\u0000b":1,"items":1}',
      '{"items":1e999,"x":"\\\\u0000"}',
      '{"items":-1e308,"y":1e-999}',
      '{"items":1e308,"text":"a\\u0000"}',
    ];
    const range = { since: START, until: START + HOUR };
    await put(odd.map((customData) => storeEvent({ customData })));
    for (const filter of [range, { since: START - 2 * DAY, until: START + HOUR }]) {
      for (const isRolledUp of [false, true]) {
        if (isRolledUp) await store.rollUp();
        const { metrics } = await store.analytics.metrics({ ...filter, limit: 10 });
        expect(metrics.map(({ name, events: count }) => [name, count])).to.deep.equal([
          ['items', 4],
          ['a\u{FFFD}b', 1],
          ['text', 1],
          ['x', 1],
          ['y', 1],
        ]);
        const of = (name: string): ReturnType<Store['analytics']['metric']> =>
          store.analytics.metric({ ...filter, name, bucketMillis: HOUR, byEndpoint: true });
        expect((await of('items')).numbers).to.include({ min: 1, max: 1 });
        expect((await of('x')).shares).to.deep.equal([{ value: '\\u0000', count: 1 }]);
        expect((await of('y')).numbers).to.include({ min: 0, max: 0 });
      }
    }
  });

  it('count each batch once, whatever workers do at once, and one that is killed', async () => {
    await store.rollUp();
    for (let n = 0; n < 30; n += 1) await put(events(40));
    const workers = await Promise.all([connected(), connected(), connected()]);
    const pids = await Promise.all(
      workers.map(async (worker) => {
        worker.on('error', () => undefined);
        return (await worker.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
      }),
    );
    const work = workers.map(async (worker) => {
      let taken = 0;
      for (;;) {
        const batches = await rollUpStep(worker, 3, 0);
        if (batches === 0) return taken;
        taken += batches;
      }
    });
    const settled = Promise.allSettled(work);
    await ask(url, 'SELECT pg_terminate_backend($1)', [pids[0]]);
    const results = await within('the workers', settled, 60_000);
    expect(results.map(({ status }) => status).slice(1)).to.deep.equal(['fulfilled', 'fulfilled']);
    await store.rollUp();
    const query = { ...LONG, bucketMillis: HOUR };
    const requests = async (each: Store): Promise<unknown> =>
      (await each.analytics.overview(query)).series.map((point) => point.requests);
    expect(await requests(store)).to.deep.equal(await requests(exact));
    expect(await ask(url, 'SELECT FROM pending')).to.have.length(0);
  });

  it('keep what they say when rows are put together, and then there is one row of a key', async () => {
    for (let round = 0; round < 21; round += 1) {
      await put(events(20, START - 30 * HOUR, START - 29 * HOUR));
      await store.rollUp();
    }
    const answers = async (each: Store): Promise<unknown> => [
      (await each.analytics.overview({ ...LONG, bucketMillis: HOUR })).series.map(({ requests }) => requests),
      await each.analytics.clients({ ...LONG, limit: 200 }),
    ];
    const should = await answers(exact);
    const expectTheSame = async (): Promise<void> => {
      expect(await answers(store)).to.deep.equal(should);
      await expectSameConsumers(store, exact, LONG);
      await expectSameConsumers(store, exact, { ...LONG, ...ENDPOINT });
      await expectSameErrors(store, exact, { ...LONG, since: LONG.since - 8 * DAY });
    };
    await expectTheSame();
    await compact();
    await expectTheSame();
    for (const [table, keys] of Object.entries({
      minutes: `start, client_id, method, endpoint, ${ORIGIN}`,
      hours: `start, client_id, method, endpoint, ${ORIGIN}`,
      day_client_totals: `start, client_id, ${ORIGIN}`,
      hour_metrics: `start, client_id, method, endpoint, name, ${ORIGIN}`,
      day_consumer_totals: 'start, client_id',
      day_consumers: 'start, client_id, method, endpoint',
      hour_errors: 'start, client_id, method, endpoint',
    })) {
      const several = await ask(url, `SELECT FROM ${table} GROUP BY arrived, ${keys} HAVING count(*) > 1`);
      expect(several, table).to.have.length(0);
    }
  });

  it('are whole for days that a server has aggregated which did not know all tables, and for those after them', async () => {
    const all = { ...LONG, since: LONG.since - 8 * DAY };
    const expectTheSame = async (): Promise<void> => {
      await expectSameConsumers(store, exact, all);
      await expectSameConsumers(store, exact, { ...LONG, ...ENDPOINT });
      await expectSameErrors(store, exact, all);
      for (const of of DIMENSIONS) {
        const query = { ...all, of, limit: 20 };
        expect(await store.analytics.values(query), of).to.deep.equal(await exact.analytics.values(query));
      }
    };
    await put(events(400, all.since, LONG.since));
    await store.rollUp();
    // As such a server leaves it.
    await ask(url, 'UPDATE day_totals SET told = NULL');
    await ask(url, 'TRUNCATE hour_consumer_totals, day_consumer_totals, day_consumers, hour_errors');
    await put(events(600, LONG.since, LONG.until));
    await store.rollUp();
    await expectTheSame();
    await compact();
    await expectTheSame();
    const [row] = await ask<{ readonly told: number }>(url, 'SELECT sum(told)::int AS told FROM day_totals');
    expect(row?.told).to.equal(600);
    // Nothing of the later days is read from events.
    await ask(
      url,
      `UPDATE events SET consumer_group = 'other' WHERE event_time >= ${Math.ceil(LONG.since / DAY) * DAY}`,
    );
    await expectSameConsumers(store, exact, { since: Math.ceil(LONG.since / DAY) * DAY, until: LONG.until });
  });

  it('agree with themselves while events arrive, are aggregated and put together', async () => {
    await put(events(500));
    const writer = (async (): Promise<void> => {
      for (let round = 0; round < 8; round += 1) {
        await put(events(50));
        await store.rollUp();
        await compact();
      }
    })();
    const stop = writer.then(() => true);
    let before = 0;
    while (!(await Promise.race([stop, Promise.resolve(false)]))) {
      const { totals, series, methods } = await store.analytics.overview({ ...LONG, bucketMillis: HOUR });
      const sum = (parts: readonly { readonly requests: number }[]): number =>
        parts.reduce((total, part) => total + part.requests, 0);
      expect([sum(series), sum(methods)]).to.deep.equal([totals.requests, totals.requests]);
      expect(totals.requests).to.be.at.least(before);
      before = totals.requests;
    }
    await writer;
  });

  it('show the senders of a client id on several servers as one, and not who only said hello', async () => {
    const row = (producer: string, mode: string, seen: number, count: number): Promise<unknown> =>
      ask(
        url,
        `INSERT INTO producers (producer, owner, client_id, last_seq, mode, agent, first_seen, last_seen, events, rejected, held_by, held_at)
         VALUES ($1, 1, 'shop', 0, $2, $1, $3, $4, $5, 1, '', 0)`,
        [producer, mode, seen, seen + 5, count],
      );
    await row('event:shop@n1', 'event', START, 3);
    await row('event:shop@n2', 'event', START + 1, 4);
    await ask(
      url,
      `INSERT INTO producers (producer, owner, client_id, last_seq, mode, first_seen, last_seen, events, rejected, held_by, held_at)
       VALUES ('hello', 1, 'shop', 0, 'batch', 0, 0, 0, 0, '', 0)`,
    );
    const { rows, total } = await store.analytics.producers({ limit: 10, first: [] });
    expect(total).to.equal(1);
    expect(rows[0]).to.deep.include({
      producer: 'event:shop',
      events: 7,
      rejected: 2,
      firstSeen: START,
      lastSeen: START + 6,
      agent: 'event:shop@n2',
    });
    expect(await store.producer('event:shop')).to.deep.equal(rows[0]);
    expect(await store.producer('hello')).to.equal(undefined);
  });
});
