import { expect } from 'chai';

import type { CerberusEvent } from '../../../../dist/event/event.js';
import type { MetricQuery } from '../../../../dist/store/questions/metrics.js';
import type { Store } from '../../../../dist/store/store.js';
import { append } from '../../events/events.js';
import { at, MINUTE, RANGE } from './asked-hour.js';

/** Custom metrics, of each type. */
export function customMetrics(store: () => Store): void {
  const put = (...metrics: object[]): Promise<unknown> =>
    store().append(append({ events: metrics.map((each, n) => at(n, { customData: JSON.stringify(each) })) }));
  const metric = (name: string, query: Partial<MetricQuery> = {}): ReturnType<Store['analytics']['metric']> =>
    store().analytics.metric({ ...RANGE, name, bucketMillis: 20 * MINUTE, byEndpoint: false, ...query });

  it('lists every metric with its types, without nulls', async () => {
    await put(
      { items: 3, vip: true },
      { items: 'many', tags: ['a'], nested: { x: 1 } },
      { items: 2.5, none: null },
      {},
    );
    const none = { number: 0, boolean: 0, string: 0, list: 0 };
    const { metrics, events } = await store().analytics.metrics({ ...RANGE, limit: 500 });
    expect(events).to.equal(4);
    expect(metrics).to.deep.equal([
      { name: 'items', types: { ...none, number: 2, string: 1 }, events: 3 },
      { name: 'nested', types: none, events: 1 },
      { name: 'tags', types: { ...none, list: 1 }, events: 1 },
      { name: 'vip', types: { ...none, boolean: 1 }, events: 1 },
    ]);
  });

  it('finds metrics by a part of their names, and says how many there are', async () => {
    await put(Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`Metric_${n}`, n])), { other: 1 });
    const found = async (search: string | undefined, limit: number): Promise<unknown> => {
      const { metrics, total, events } = await store().analytics.metrics({ ...RANGE, search, limit });
      return [metrics.length, total, events];
    };
    expect(await found(undefined, 5)).to.deep.equal([5, 31, 2]);
    expect(await found('metric_2', 500)).to.deep.equal([11, 11, 2]);
    expect(await found('metric_2', 3)).to.deep.equal([3, 11, 2]);
    expect(await found('nothing', 3)).to.deep.equal([0, 0, 2]);
  });

  it('describes numbers: figures, every bucket of the range, and bins of equal width', async () => {
    await put(...Array.from({ length: 21 }, (_, items) => ({ items })));
    const { numbers, events, allEvents, shares } = await metric('items');
    expect([events, allEvents, shares.length]).to.deep.equal([21, 21, 0]);
    expect(numbers).to.deep.include({ count: 21, min: 0, max: 20, mean: 10, p50: 10, p95: 19 });
    expect(numbers?.series.map(({ count, mean }) => [count, mean])).to.deep.equal([
      [20, 9.5],
      [1, 20],
      [0, null],
    ]);
    expect(numbers?.histogram.map((bin) => bin.count)).to.deep.equal([
      ...Array.from({ length: 10 }, () => 2),
      1,
    ]);
    expect(numbers?.histogram[0]).to.deep.include({ from: 0, to: 1 });
    expect(numbers?.histogram.at(-1)).to.deep.include({ from: 19, to: 20 });
  });

  it('has one bin where all numbers are the same, and none where there is no number', async () => {
    await put({ items: -2 }, { items: -2 }, { items: 'x' });
    expect((await metric('items')).numbers?.histogram).to.deep.equal([{ from: -2, to: -2, count: 2 }]);
    expect((await metric('nothing')).numbers).to.equal(null);
  });

  it('keeps a boolean apart from the text of the same name, and says how many values are not listed', async () => {
    await put({ v: true }, { v: true }, { v: 'true' }, { v: 'é"\\' }, { v: 1 }, { v: ['x'] });
    expect(await metric('v')).to.deep.include({
      shares: [
        { value: true, count: 2 },
        { value: 'true', count: 1 },
        { value: 'é"\\', count: 1 },
      ],
      others: 0,
      events: 6,
    });
    await store().append(
      append({
        seq: 2,
        events: Array.from({ length: 30 }, (_, n) => at(n, { customData: JSON.stringify({ v: `x${n}` }) })),
      }),
    );
    const { shares, others } = await metric('v');
    expect([shares.length, shares[0]?.value, others]).to.deep.equal([20, true, 13]);
  });

  it('describes a metric of any name', async () => {
    const names = ['', 'a.b', '$', 'a/b~1', '0', `"'`, '__proto__', 'ключ 🎉', '*'];
    await put(Object.fromEntries(names.map((name) => [name, 1])));
    for (const name of names) expect((await metric(name)).events, name).to.equal(1);
    const { metrics } = await store().analytics.metrics({ ...RANGE, limit: 500 });
    expect(metrics.map((each) => each.name)).to.have.members(names);
  });

  it('groups by endpoint where that is asked for', async () => {
    const metrics = (custom: object): Partial<CerberusEvent> => ({ customData: JSON.stringify(custom) });
    const events = [
      at(1, metrics({ v: 1 })),
      at(1, metrics({ v: 3 })),
      at(1, { ...metrics({ v: 'b' }), method: 'POST' }),
      at(1, { ...metrics({ v: 'a' }), method: 'POST' }),
      at(1, { ...metrics({ v: 'b' }), method: 'POST' }),
      at(1, { ...metrics({}), method: 'PUT' }),
    ];
    await store().append(append({ events }));
    const endpoint = '/api/users/:id';
    expect((await metric('v')).groups).to.equal(undefined);
    const { groups = [] } = await metric('v', { byEndpoint: true });
    expect(groups).to.have.length(2);
    expect(groups[0]).to.deep.equal({
      method: 'POST',
      endpoint,
      events: 3,
      mean: null,
      p95: null,
      top: { value: 'b', count: 2 },
    });
    expect(groups[1]).to.deep.include({ method: 'GET', endpoint, events: 2, mean: 2, top: null });
    expect(groups[1]?.p95).to.be.closeTo(2.9, 1e-9);
  });
}
