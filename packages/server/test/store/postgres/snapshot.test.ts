import { expect } from 'chai';

import { Conditions } from '../../../dist/store/postgres/engine/conditions.js';
import { Connector } from '../../../dist/store/postgres/engine/connect.js';
import { Reads, type ReadRows } from '../../../dist/store/postgres/engine/reads.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { append, storeEvent } from '../../support/events/events.js';
import { usePostgres } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';

const DAY = 86_400_000;
const ROUNDS = 40;

describe('an answer of the PostgreSQL store', () => {
  const freshDatabase = usePostgres();
  let url: string;
  let stores: PostgresStore[];

  beforeEach(async () => {
    url = await freshDatabase();
    stores = await Promise.all([openStore(url), openStore(url)]);
  });

  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });

  it('S20 sees one state, whatever is stored and aggregated between its queries', async () => {
    const [storing] = stores as [PostgresStore];
    const connector = new Connector({ urls: [url], name: 'x' });
    const limits = { maxQuestions: 4, questionTimeoutMillis: 30_000 };
    const reads = new Reads({ connect: () => connector.connect(), limits });
    const sql = `SELECT (SELECT count(*)::int FROM pending) AS pending, (SELECT sum(requests)::int FROM hours) AS aggregated`;
    const state = (rows: ReadRows): Promise<unknown> => rows(new Conditions().query(sql));
    await storing.append(append({ seq: null }));
    await reads.inSnapshot(async (rows) => {
      expect(await state(rows)).to.deep.equal([{ pending: 1, aggregated: null }]);
      await storing.append(append({ seq: null }));
      await storing.rollUp();
      expect(await state(rows)).to.deep.equal([{ pending: 1, aggregated: null }]);
    });
    expect(await reads.inSnapshot(state)).to.deep.equal([{ pending: 0, aggregated: 2 }]);
    await reads.close();
  });

  it('S20 counts each event once while it goes from the pending batches into the aggregates', async function () {
    this.timeout(60_000);
    const [storing, asking] = stores as [PostgresStore, PostgresStore];
    const start = Math.floor(Date.now() / DAY) * DAY - DAY;
    const range = { since: start - 2 * DAY, until: start + 2 * DAY, bucketMillis: DAY };
    let sent = 0;
    let stored = 0;
    const end = new AbortController();
    const store = async (): Promise<void> => {
      for (let round = 0; round < ROUNDS; round += 1) {
        sent += 5;
        const events = Array.from({ length: 5 }, (_, index) =>
          storeEvent({ timestamp: start + round * index }),
        );
        await storing.append(append({ seq: null, events, receivedAt: Date.now() }));
        stored += 5;
      }
      end.abort();
    };
    const rollUp = async (): Promise<void> => {
      while (!end.signal.aborted) await storing.rollUp();
    };
    const ask = async (): Promise<number> => {
      let answers = 0;
      while (!end.signal.aborted) {
        const least = stored;
        const { totals, series } = await asking.analytics.overview(range);
        expect(totals.requests).to.be.within(least, sent);
        expect(series.reduce((sum, { requests }) => sum + requests, 0)).to.equal(totals.requests);
        answers += 1;
      }
      return answers;
    };
    const [, , ...answers] = await Promise.all([store(), rollUp(), ask(), ask(), ask()]);
    expect(answers.reduce((sum, each) => sum + each, 0)).to.be.greaterThan(5);
    await storing.rollUp();
    expect((await asking.analytics.overview(range)).totals.requests).to.equal(5 * ROUNDS);
  });
});
