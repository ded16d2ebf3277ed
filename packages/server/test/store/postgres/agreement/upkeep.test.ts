// PostgresStore against exact answers: aggregating and putting rows together changes none.
import { expect } from 'chai';

import { rollUpStep } from '../../../../dist/store/postgres/aggregates/roll-up.js';
import { DIMENSIONS } from '../../../../dist/store/questions/value-list.js';
import type { Store } from '../../../../dist/store/store.js';
import { expectSameConsumers, expectSameErrors } from '../../../support/questions/answers.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { START } from '../../../support/events/events.js';
import { ask } from '../../../support/databases/postgres.js';
import { ENDPOINT, LONG, useComparedStores } from '../../../support/databases/compared-stores.js';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const ORIGIN = 'release, environment, synthetic';

describe('answers from PostgreSQL while it is kept up', function () {
  this.timeout(120_000);
  const stores = useComparedStores();

  it('count each batch once, whatever workers do at once, and one that is killed', async () => {
    await stores.store.rollUp();
    for (let n = 0; n < 30; n += 1) await stores.put(stores.events(40));
    const workers = await Promise.all([stores.connected(), stores.connected(), stores.connected()]);
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
    await ask(stores.url, 'SELECT pg_terminate_backend($1)', [pids[0]]);
    const results = await within('the workers', settled, 60_000);
    expect(results.map(({ status }) => status).slice(1)).to.deep.equal(['fulfilled', 'fulfilled']);
    await stores.store.rollUp();
    const query = { ...LONG, bucketMillis: HOUR };
    const requests = async (each: Store): Promise<unknown> =>
      (await each.analytics.overview(query)).series.map((point) => point.requests);
    expect(await requests(stores.store)).to.deep.equal(await requests(stores.exact));
    expect(await ask(stores.url, 'SELECT FROM pending')).to.have.length(0);
  });

  it('keep what they say when rows are put together, and then there is one row of a key', async () => {
    for (let round = 0; round < 21; round += 1) {
      await stores.put(stores.events(20, START - 30 * HOUR, START - 29 * HOUR));
      await stores.store.rollUp();
    }
    const answers = async (each: Store): Promise<unknown> => [
      (await each.analytics.overview({ ...LONG, bucketMillis: HOUR })).series.map(({ requests }) => requests),
      await each.analytics.clients({ ...LONG, limit: 200 }),
    ];
    const should = await answers(stores.exact);
    const expectTheSame = async (): Promise<void> => {
      expect(await answers(stores.store)).to.deep.equal(should);
      await expectSameConsumers(stores.store, stores.exact, LONG);
      await expectSameConsumers(stores.store, stores.exact, { ...LONG, ...ENDPOINT });
      await expectSameErrors(stores.store, stores.exact, { ...LONG, since: LONG.since - 8 * DAY });
    };
    await expectTheSame();
    await stores.compact();
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
      const several = await ask(
        stores.url,
        `SELECT FROM ${table} GROUP BY arrived, ${keys} HAVING count(*) > 1`,
      );
      expect(several, table).to.have.length(0);
    }
  });

  it('are whole for days that a server has aggregated which did not know all tables, and for those after them', async () => {
    const all = { ...LONG, since: LONG.since - 8 * DAY };
    const expectTheSame = async (): Promise<void> => {
      await expectSameConsumers(stores.store, stores.exact, all);
      await expectSameConsumers(stores.store, stores.exact, { ...LONG, ...ENDPOINT });
      await expectSameErrors(stores.store, stores.exact, all);
      for (const of of DIMENSIONS) {
        const query = { ...all, of, limit: 20 };
        expect(await stores.store.analytics.values(query), of).to.deep.equal(
          await stores.exact.analytics.values(query),
        );
      }
    };
    await stores.put(stores.events(400, all.since, LONG.since));
    await stores.store.rollUp();
    // As such a server leaves it.
    await ask(stores.url, 'UPDATE day_totals SET told = NULL');
    await ask(stores.url, 'TRUNCATE hour_consumer_totals, day_consumer_totals, day_consumers, hour_errors');
    await stores.put(stores.events(600, LONG.since, LONG.until));
    await stores.store.rollUp();
    await expectTheSame();
    await stores.compact();
    await expectTheSame();
    const [row] = await ask<{ readonly told: number }>(
      stores.url,
      'SELECT sum(told)::int AS told FROM day_totals',
    );
    expect(row?.told).to.equal(600);
    // Nothing of the later days is read from events.
    await ask(
      stores.url,
      `UPDATE events SET consumer_group = 'other' WHERE event_time >= ${Math.ceil(LONG.since / DAY) * DAY}`,
    );
    await expectSameConsumers(stores.store, stores.exact, {
      since: Math.ceil(LONG.since / DAY) * DAY,
      until: LONG.until,
    });
  });

  it('agree with themselves while events arrive, are aggregated and put together', async () => {
    await stores.put(stores.events(500));
    const writer = (async (): Promise<void> => {
      for (let round = 0; round < 8; round += 1) {
        await stores.put(stores.events(50));
        await stores.store.rollUp();
        await stores.compact();
      }
    })();
    const stop = writer.then(() => true);
    let before = 0;
    while (!(await Promise.race([stop, Promise.resolve(false)]))) {
      const { totals, series, methods } = await stores.store.analytics.overview({
        ...LONG,
        bucketMillis: HOUR,
      });
      const sum = (parts: readonly { readonly requests: number }[]): number =>
        parts.reduce((total, part) => total + part.requests, 0);
      expect([sum(series), sum(methods)]).to.deep.equal([totals.requests, totals.requests]);
      expect(totals.requests).to.be.at.least(before);
      before = totals.requests;
    }
    await writer;
  });
});
