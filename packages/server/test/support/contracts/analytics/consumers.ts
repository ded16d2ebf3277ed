import { expect } from 'chai';

import type { CerberusEvent } from '../../../../dist/event/event.js';
import {
  CONSUMER_ORDERS,
  type ConsumerList,
  type ConsumerOrder,
  type ConsumersQuery,
} from '../../../../dist/store/questions/consumer-list.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, HASH, START } from '../../events/events.js';
import { at, HOUR, MINUTE, OTHER_HASH, RANGE } from './asked-hour.js';

/** Consumers, their groups and clients, with their figures. */
export function consumerLists(store: () => Store): void {
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
      of(null, -61),
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

  it('does not know who is new where the range before was not kept as a whole', async () => {
    for (const by of ['consumer', 'group', 'client'] as const) {
      const { consumers, newcomers } = await list({ by, since: START - MINUTE, until: START + HOUR });
      expect(newcomers).to.equal(null);
      expect(new Set(consumers.map(({ isNew }) => isNew))).to.deep.equal(new Set([null]));
    }
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
