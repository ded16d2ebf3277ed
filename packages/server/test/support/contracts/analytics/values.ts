import { expect } from 'chai';

import type { ValuesQuery } from '../../../../dist/store/questions/value-list.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, START, storeEvent } from '../../events/events.js';
import { HOUR } from './asked-hour.js';

/** The values that a filter can ask for. */
export function valueLists(store: () => Store): void {
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
