import { expect } from 'chai';
import pg from 'pg';

import { DAY_TOTALS } from '../../../dist/store/postgres/aggregates/tables.js';
import { Connector } from '../../../dist/store/postgres/engine/connect.js';
import { Reads } from '../../../dist/store/postgres/engine/reads.js';
import { arrivalsOf } from '../../../dist/store/postgres/questions/arrival-days.js';
import { partitionName } from '../../../dist/store/postgres/schema/partitions.js';
import { DAILY_TABLES } from '../../../dist/store/postgres/schema/tables.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { append, storeEvent } from '../../support/events/events.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { openStore, SECRETS } from '../../support/databases/postgres-store.js';

const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY) * DAY;

describe('days on which something arrived that began in a range', () => {
  const freshDatabase = usePostgres();
  let url: string;
  let store: PostgresStore;
  let reads: Reads;

  beforeEach(async () => {
    url = await freshDatabase();
    store = await openStore(url, SECRETS, { maxQuestions: 64, questionTimeoutMillis: 10_000 });
    const connector = new Connector({ urls: [url], name: 'x' });
    const limits = { maxQuestions: 4, questionTimeoutMillis: 30_000 };
    reads = new Reads({ connect: () => connector.connect(), limits });
  });

  afterEach(async () => {
    await reads.close();
    await store.close();
  });

  /** Stores an event that began and arrived so many days ago. */
  async function arrive(began: number, arrived: number): Promise<void> {
    const events = [storeEvent({ timestamp: TODAY - began * DAY + 1 })];
    await store.append(append({ seq: null, events, receivedAt: TODAY - arrived * DAY + 1 }));
  }

  /** Each step takes those of one day of arrival. */
  async function rollUpAll(): Promise<void> {
    while ((await ask(url, 'SELECT FROM pending')).length > 0) await store.rollUp();
  }

  const isoDate = (daysAgo: number): string => new Date(TODAY - daysAgo * DAY).toISOString().slice(0, 10);

  for (const isRolledUp of [true, false]) {
    it(`are those of its own, of late events and of clocks that are ahead, ${isRolledUp ? 'aggregated' : 'pending'}`, async () => {
      const comings = [
        [9, 9],
        [5, 5],
        [5, 2],
        [5, 6],
        [1, 1],
      ] as const;
      for (const [began, arrived] of comings) await arrive(began, arrived);
      if (isRolledUp) await rollUpAll();
      const range = { since: TODAY - 5 * DAY, until: TODAY - 4 * DAY };
      const { daysOf } = await reads.inSnapshot((rows) => arrivalsOf(rows, { ...range, until: TODAY + DAY }));
      expect(daysOf(range).toSorted()).to.deep.equal([6, 5, 2].map(isoDate));
      expect(daysOf({ since: TODAY - 3 * DAY, until: TODAY - 2 * DAY })).to.deep.equal(['-infinity']);
      expect(daysOf({ since: TODAY - 2 * DAY, until: Infinity })).to.deep.equal([isoDate(1)]);
    });
  }

  it('are the only ones whose partitions a question opens', async () => {
    for (const day of [9, 5, 1]) await arrive(day, day);
    await rollUpAll();
    const range = { since: TODAY - 5 * DAY, until: TODAY - 4 * DAY };
    const questions = {
      overview: () => store.analytics.overview({ ...range, bucketMillis: DAY / 24 }),
      endpoints: () => store.analytics.endpoints({ ...range, order: 'p95', limit: 5 }),
      clients: () => store.analytics.clients({ ...range, limit: 5 }),
      metrics: () => store.analytics.metrics({ ...range, limit: 5 }),
      metric: () => store.analytics.metric({ ...range, name: 'items_processed', byEndpoint: true }),
    };
    const others = DAILY_TABLES.filter(({ name }) => name !== DAY_TOTALS.name).flatMap(({ name }) =>
      [9, 1].map((day) => partitionName(name, TODAY / DAY - day)),
    );
    const locker = new pg.Client({ connectionString: url });
    await locker.connect();
    try {
      // Whoever opens one of them waits.
      await locker.query(`BEGIN; LOCK TABLE ${others.join(', ')} IN ACCESS EXCLUSIVE MODE`);
      for (const [name, question] of Object.entries(questions))
        expect(await question(), name).to.not.equal(undefined);
    } finally {
      await locker.end();
    }
  });
});
