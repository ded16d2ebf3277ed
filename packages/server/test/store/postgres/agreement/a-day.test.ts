// PostgresStore against exact answers: those to short ranges are the same.
import { expect } from 'chai';

import type { Store } from '../../../../dist/store/store.js';
import { tidy } from '../../../support/questions/answers.js';
import { START, storeEvent } from '../../../support/events/events.js';
import { ask } from '../../../support/databases/postgres.js';
import {
  ENDPOINT,
  MANY,
  SHORT,
  filtersOf,
  useComparedStores,
} from '../../../support/databases/compared-stores.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('answers from PostgreSQL about a day and less', function () {
  this.timeout(120_000);
  const stores = useComparedStores();

  it('are the same as exact ones for a day and less', async () => {
    await stores.putInAllStates();
    for (const [name, filter] of Object.entries(filtersOf(SHORT))) {
      const all = async (each: Store): Promise<Record<string, unknown>> => {
        const { analytics } = each;
        const metric = { ...filter, bucketMillis: HOUR, byEndpoint: true };
        return {
          overview: await analytics.overview({ ...filter, bucketMillis: 30 * MINUTE }),
          totals: await analytics.totals(filter),
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
      const [is, should] = [await all(stores.store), await all(stores.exact)];
      for (const [question, answer] of Object.entries(should)) {
        expect(tidy(is[question]), `${name}: ${question}`).to.deep.equal(tidy(answer));
      }
    }
  });

  it('are exact for a day and less also where who counted puts a latency into the bucket beside its own', async () => {
    await stores.putInAllStates();
    for (const table of ['minutes', 'hours', 'hour_totals'])
      await ask(stores.url, `UPDATE ${table} SET buckets[1] = buckets[1] + 1 WHERE cardinality(buckets) > 0`);
    const query = { ...SHORT, bucketMillis: HOUR };
    const [is, should] = [
      await stores.store.analytics.overview(query),
      await stores.exact.analytics.overview(query),
    ];
    expect(tidy([is.totals, is.previous, is.series])).to.deep.equal(
      tidy([should.totals, should.previous, should.series]),
    );
  });

  it('are exact up to a number of events of all endpoints, and estimates beyond', async () => {
    await stores.put(stores.events(MANY, SHORT.since, SHORT.until));
    await stores.store.rollUp();
    const query = { ...SHORT, bucketMillis: HOUR, ...ENDPOINT };
    expect(tidy(await stores.estimating.analytics.overview(query))).to.deep.equal(
      tidy(await stores.exact.analytics.overview(query)),
    );
    await stores.put(stores.events(1, SHORT.since, SHORT.until));
    const { analytics } = stores.estimating;
    expect((await analytics.overview(query)).estimated).to.equal(true);
    expect((await analytics.endpoints({ ...SHORT, order: 'p95', limit: 5 })).estimated).to.equal(true);
    const metric = await analytics.metric({ ...SHORT, name: 'items', byEndpoint: true });
    expect([metric.estimated, metric.bucketMillis]).to.deep.equal([true, HOUR]);
    const narrow = { ...SHORT, name: 'items', byEndpoint: true, bucketMillis: 15 * MINUTE };
    expect((await analytics.metric(narrow)).estimated).to.equal(false);
    expect((await stores.store.analytics.overview(query)).estimated).to.equal(false);
  });

  it('are not hindered by a metric that PostgreSQL cannot read', async () => {
    const odd = [
      '{"a\\u0000b":1,"items":1}',
      '{"items":1e999,"x":"\\\\u0000"}',
      '{"items":-1e308,"y":1e-999}',
      '{"items":1e308,"text":"a\\u0000"}',
    ];
    const range = { since: START, until: START + HOUR };
    await stores.put(odd.map((customData) => storeEvent({ customData })));
    for (const filter of [range, { since: START - 2 * DAY, until: START + HOUR }]) {
      for (const isRolledUp of [false, true]) {
        if (isRolledUp) await stores.store.rollUp();
        const { metrics } = await stores.store.analytics.metrics({ ...filter, limit: 10 });
        expect(metrics.map(({ name, events: count }) => [name, count])).to.deep.equal([
          ['items', 4],
          ['a\u{FFFD}b', 1],
          ['text', 1],
          ['x', 1],
          ['y', 1],
        ]);
        const of = (name: string): ReturnType<Store['analytics']['metric']> =>
          stores.store.analytics.metric({ ...filter, name, bucketMillis: HOUR, byEndpoint: true });
        expect((await of('items')).numbers).to.include({ min: 1, max: 1 });
        expect((await of('x')).shares).to.deep.equal([{ value: '\\u0000', count: 1 }]);
        expect((await of('y')).numbers).to.include({ min: 0, max: 0 });
      }
    }
  });

  it('are not hindered by numbers of which PostgreSQL cannot tell a part from zero', async () => {
    const range = { since: START, until: START + HOUR };
    const tiny = [1e-320, ...Array.from({ length: 5000 }, () => 0)];
    const wide = [1e-30, 1e-29, 1, 1e300];
    await stores.put([
      ...tiny.map((number) => storeEvent({ customData: JSON.stringify({ tiny: number }) })),
      ...wide.map((number) => storeEvent({ customData: JSON.stringify({ wide: number }) })),
    ]);
    const of = async (name: string): Promise<unknown> => {
      const query = { ...range, name, bucketMillis: HOUR, byEndpoint: true };
      const { numbers } = await stores.store.analytics.metric(query);
      return [numbers?.min, numbers?.max, numbers?.histogram.map(({ count }) => count)];
    };
    expect(await of('tiny')).to.deep.equal([0, 0, [5001]]);
    const bins = Array.from({ length: 20 }, (_, bin) => (bin === 0 ? 3 : bin === 19 ? 1 : 0));
    expect(await of('wide')).to.deep.equal([1e-30, 1e300, bins]);
  });
});
