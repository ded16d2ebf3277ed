// Implementations that share no code of their queries answer the same over random events.

import { join } from 'node:path';

import { expect } from 'chai';
import fc from 'fast-check';

import type { CerberusEvent } from '../../dist/event/event.js';
import { ENDPOINT_ORDERS } from '../../dist/store/questions/analytics.js';
import type { AnalyticsFilter } from '../../dist/store/questions/analytics-filter.js';
import { CONSUMER_KINDS, CONSUMER_ORDERS } from '../../dist/store/questions/consumer-list.js';
import { textOfEndpoint, type EndpointThreshold } from '../../dist/store/questions/endpoint-threshold.js';
import type { EventFilter } from '../../dist/store/filter/event-filter.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import type { Store } from '../../dist/store/store.js';
import { tidy } from '../support/questions/answers.js';
import { append, START, storeEvent } from '../support/events/events.js';
import { anyFilter, anyMembers } from '../support/questions/filters.js';
import { openStore, usePreparedPostgres } from '../support/databases/postgres-store.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';

const HOUR = 3_600_000;

const metricValue = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  // Eighths add up exactly, whatever the order.
  fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 8),
  fc.boolean(),
  fc.constantFrom('a', 'b', 'true', '', 'a,b}', '"x":3', '\\'),
  fc.constantFrom({ x: 1 }, [{ x: 'a' }]),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 2 }),
);

/** What is written in other ways than most, and adds up exactly, too. */
const strangeMetrics = fc.record(
  {
    large: fc.constantFrom<unknown>(2 ** 70, -(2 ** 70), { large: 1 }, null),
    small: fc.constantFrom<unknown>(2 ** -30, -(2 ** -30), '0', '{}'),
    'a"x': fc.constantFrom<unknown>(1, 'a', true),
  },
  { requiredKeys: [] },
);

const anyEvent: fc.Arbitrary<CerberusEvent> = fc
  .record({
    clientId: fc.constantFrom('shop', 'blog'),
    sourceIp: fc.option(fc.integer({ min: 0, max: 9 }).map((n) => String(n).repeat(64))),
    endpoint: fc.constantFrom('/a', '/b', '/c/1', '/c/2', '/É'),
    route: fc.option(fc.constantFrom('/c/:id', '/a')),
    pathGroup: fc.option(fc.constantFrom('(no route)', '(other)', '~/c/:id')),
    method: fc.constantFrom('GET', 'POST'),
    timestamp: fc.integer({ min: START - 2 * HOUR, max: START + 2 * HOUR }),
    statusCode: fc.option(fc.constantFrom(101, 200, 204, 301, 404, 500, 599, 700)),
    latencyMs: fc.option(
      fc.oneof(
        fc.constant(0),
        fc.double({ noNaN: true, min: 1e-6, max: 1e5 }),
        fc.integer({ min: 1, max: 20_000 }),
      ),
    ),
    outcome: fc.option(fc.constantFrom('completed', 'aborted', 'error')),
    customData: fc
      .tuple(fc.dictionary(fc.constantFrom('x', 'y', 'z', 'a/b~c'), metricValue), fc.option(strangeMetrics))
      .map(([metrics, strange]) => JSON.stringify({ ...metrics, ...strange })),
  })
  .chain((members) => anyMembers.map((others) => storeEvent({ ...members, ...others })));

/** Of endpoints that have requests, and of others. */
const anyThresholds: fc.Arbitrary<readonly EndpointThreshold[]> = fc.uniqueArray(
  fc.record({
    clientId: fc.constantFrom('shop', 'blog', 'nobody'),
    method: fc.constantFrom('GET', 'POST', ''),
    endpoint: fc.constantFrom('/a', '/b', '/c/:id', '/É', '(no route)', '(other)', '~/c/:id'),
    thresholdMillis: fc.constantFrom(1, 2, 30, 400, 5000, 60_000, 3_600_000),
  }),
  { selector: textOfEndpoint, minLength: 30, maxLength: 40 },
);

/** All that is stored. */
const WHOLE = { since: START - 2 * HOUR, until: START + 2 * HOUR + 1 };

const filters: readonly AnalyticsFilter[] = [
  WHOLE,
  { since: START - 1234, until: START + HOUR + 1, clientId: 'shop' },
  { since: START, until: START + 2 * HOUR, method: 'GET', endpoint: '/c/:id' },
];

async function answers(
  store: Store,
  filter: AnalyticsFilter,
  ownThresholds: readonly EndpointThreshold[],
): Promise<Record<string, unknown>> {
  const { analytics } = store;
  const query = { ...filter, bucketMillis: 600_000 };
  const named = { ...query, byEndpoint: true };
  const answered: Record<string, unknown> = {
    overview: await analytics.overview(query),
    totals: await analytics.totals(query),
    clients: await analytics.clients({ ...filter, limit: 5 }),
    errors: await analytics.errors({ ...filter, limit: 4 }),
    latencies: (await analytics.latencies(query)).toSorted(
      (a, b) => a.start - b.start || a.bucket - b.bucket,
    ),
    metrics: await analytics.metrics({ ...filter, limit: 500 }),
    summary: await store.summary({ ...filter, bucketMillis: 600_000 }),
    events: (await store.events({ ...filter, limit: 7 })).map(({ id: _id, ...event }) => event),
  };
  for (const prefix of ['3', '8'.repeat(16), '5'.repeat(40), `${'5'.repeat(40)}6`])
    answered[`clients ${prefix}`] = await analytics.clients({ ...filter, prefix, limit: 5 });
  for (const order of ENDPOINT_ORDERS) {
    answered[`by ${order}`] = await analytics.endpoints({ ...filter, order, thresholdMillis: 900, limit: 3 });
  }
  for (const order of ['apdex', 'p95'] as const)
    answered[`by ${order} with own thresholds`] = await analytics.endpoints({
      ...filter,
      order,
      ownThresholds,
      limit: order === 'apdex' ? 3 : 30,
    });
  for (const of of ['endpoint', 'status', 'source_ip', 'release', 'environment', 'synthetic'] as const)
    answered[`values of ${of}`] = await analytics.values({
      ...filter,
      of,
      search: of === 'endpoint' ? 'C' : undefined,
      limit: 3,
    });
  for (const search of [undefined, '2'])
    answered[`paths, ${search}, among the latest`] = await analytics.values({
      ...filter,
      of: 'path',
      search,
      latestRequests: 9,
      limit: 3,
    });
  answered['releases'] = await analytics.releases({ ...WHOLE, clientId: filter.clientId, limit: 3 });
  for (const [index, order] of CONSUMER_ORDERS.entries()) {
    const by = CONSUMER_KINDS[index % 3] ?? 'consumer';
    answered[`${by} by ${order}`] = await analytics.consumers({ ...filter, by, order, limit: 4 });
  }
  for (const by of CONSUMER_KINDS)
    answered[`${by} with a text`] = await analytics.consumers({
      ...filter,
      by,
      order: 'last_seen',
      search: by === 'client' ? '3' : 'INC',
      limit: 4,
    });
  for (const name of ['x', 'y', 'nothing']) answered[name] = await analytics.metric({ ...named, name });
  return tidy(answered) as Record<string, unknown>;
}

/** Stores of the same events, some of them aggregated and others not yet, which are asked everything, also under some more filters and with thresholds of endpoints. */
async function expectAgreement(
  events: readonly CerberusEvent[],
  { more, own }: Asked,
  stores: readonly Store[],
): Promise<void> {
  try {
    await storeHalves(events, stores);
    for (const filter of [...filters, ...more.map((each) => ({ ...each, ...WHOLE }))]) {
      const [exact, ...others] = await Promise.all(stores.map((store) => answers(store, filter, own)));
      for (const [question, answer] of Object.entries(exact ?? {}))
        for (const other of others)
          expect(other[question], `${question} of ${JSON.stringify(filter)}`).to.deep.equal(answer);
    }
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

/** The first half is aggregated, the second one not yet. */
async function storeHalves(events: readonly CerberusEvent[], stores: readonly Store[]): Promise<void> {
  const half = events.length >> 1;
  for (const [seq, part] of [events.slice(0, half), events.slice(half)].entries()) {
    for (const store of stores) {
      await store.append(append({ seq: seq + 1, events: part }));
      if ('rollUp' in store && typeof store.rollUp === 'function' && seq === 0) await store.rollUp();
    }
  }
}

interface Asked {
  readonly more: readonly EventFilter[];
  readonly own: readonly EndpointThreshold[];
}

const anyAsked: fc.Arbitrary<Asked> = fc.record({
  more: fc.array(anyFilter, { minLength: 3, maxLength: 3 }),
  own: anyThresholds,
});

const duckDb = (): Promise<Store> =>
  DuckDbStore.open(join(tempFolder(), 'x.duckdb'), { memoryLimit: '256MB', threads: 1 });

describe('all stores', () => {
  afterEach(removeTempFolders);

  it('give the same answers to every question under every filter: memory and DuckDB', async function () {
    this.timeout(240_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEvent, { maxLength: 60, size: 'max' }),
        anyAsked,
        async (events, asked) => {
          await expectAgreement(events, asked, [new MemoryStore(), await duckDb()]);
          removeTempFolders();
        },
      ),
      { numRuns: 5, endOnFailure: true },
    );
  });

  describe('with PostgreSQL', () => {
    const preparedDatabase = usePreparedPostgres();

    it('give the same answers to every question under every filter: memory, DuckDB and PostgreSQL', async function () {
      this.timeout(240_000);
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyEvent, { maxLength: 60, size: 'max' }),
          anyAsked,
          async (events, asked) => {
            const postgres = await openStore(await preparedDatabase());
            await expectAgreement(events, asked, [new MemoryStore(), await duckDb(), postgres]);
            removeTempFolders();
          },
        ),
        { numRuns: 8, endOnFailure: true },
      );
    });
  });
});
