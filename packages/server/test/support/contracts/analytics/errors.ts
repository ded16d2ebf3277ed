import { expect } from 'chai';

import { NO_ROUTE } from '../../../../dist/event/path-group.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, START } from '../../events/events.js';
import { at, MINUTE, RANGE } from './asked-hour.js';

/** Groups of failed requests. */
export function errorLists(store: () => Store): void {
  it('puts failed requests of an endpoint, a status and a class together, with their times and their course', async () => {
    const failed = { outcome: 'error', statusCode: 500, errorType: 'TypeError' } as const;
    await store().append(
      append({
        events: [
          at(0, { ...failed, endpoint: '/api/users/1' }),
          at(30, { ...failed, endpoint: '/api/users/2' }),
          at(59.99, failed),
          at(5, { ...failed, errorType: null }),
          at(6, { ...failed, statusCode: 503 }),
          at(7, { ...failed, method: 'POST' }),
          at(8, { ...failed, route: null, pathGroup: NO_ROUTE }),
          at(9, { ...failed, route: null, pathGroup: NO_ROUTE, method: 'POST', statusCode: null }),
          at(10),
          at(61, failed),
        ],
      }),
    );
    const list = await store().analytics.errors({ ...RANGE, limit: 2 });
    expect([list.total, list.requests]).to.deep.equal([6, 8]);
    expect(list.groups[0]).to.deep.equal({
      clientId: 'my-app',
      method: 'GET',
      endpoint: '/api/users/:id',
      errorType: 'TypeError',
      statusCode: 500,
      requests: 3,
      firstSeen: START,
      lastSeen: Math.floor(START + 59.99 * MINUTE),
      sparkline: Array.from({ length: 30 }, (_, part) => (part % 15 === 0 || part === 29 ? 1 : 0)),
    });
    expect(list.groups[1]).to.deep.include({ method: '', endpoint: NO_ROUTE, statusCode: null });
    const one = await store().analytics.errors({ ...RANGE, status: { from: 503, to: 503 }, limit: 9 });
    expect(one.groups.map(({ statusCode }) => statusCode)).to.deep.equal([503]);
    for (const none of [{ failed: false }, { clientId: 'nobody' }])
      expect(await store().analytics.errors({ ...RANGE, ...none, limit: 9 })).to.deep.equal({
        groups: [],
        total: 0,
        requests: 0,
      });
  });
}
