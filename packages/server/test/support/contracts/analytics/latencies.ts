import { expect } from 'chai';

import type { OverviewQuery } from '../../../../dist/store/questions/analytics.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, START } from '../../events/events.js';
import { at, MINUTE, RANGE } from './asked-hour.js';

/** How latencies are spread over time. */
export function latencies(store: () => Store): void {
  it('are counted by their buckets in each part of the range, without those that have none', async () => {
    const events = [1, 500, 500, null].map((latencyMs) => at(1, { latencyMs }));
    await store().append(append({ events: [...events, at(21, { latencyMs: 500 }), at(61)] }));
    const of = async (query: Partial<OverviewQuery>): Promise<unknown> =>
      (await store().analytics.latencies({ ...RANGE, bucketMillis: 20 * MINUTE, ...query }))
        .map(({ start, bucket, count }) => [(start - START) / MINUTE, bucket, count])
        .toSorted();
    const all = [
      [0, 0, 1],
      [0, 159, 2],
      [20, 159, 1],
    ];
    expect(await of({})).to.deep.equal(all);
    expect(await of({ latency: { from: 2 } })).to.deep.equal(all.slice(1));
    expect(await of({ bucketMillis: 90_000 })).to.deep.equal([
      [0, 0, 1],
      [0, 159, 2],
      [21, 159, 1],
    ]);
  });
}
