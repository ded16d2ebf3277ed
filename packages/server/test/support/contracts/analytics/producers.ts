import { expect } from 'chai';

import type { Store } from '../../../../dist/store/store.js';
import { append, producerRef, START } from '../../events/events.js';

/** Who sends, one by one and by application. */
export function producerLists(store: () => Store): void {
  it('lists producers, the one that was seen last first, and client ids in order', async () => {
    const seen = (producer: string, clientId: string, receivedAt: number): Promise<unknown> =>
      store().append(append({ producer: producerRef({ producer, clientId }), receivedAt }));
    await seen('a', 'shop', START);
    await seen('b', 'blog', START + 2);
    await seen('c', 'shop', START + 1);
    const all = await store().analytics.producers({ limit: 10, first: [] });
    expect(all.rows.map((row) => row.producer)).to.deep.equal(['b', 'c', 'a']);
    const some = await store().analytics.producers({ limit: 2, first: ['a'], clientId: 'shop' });
    expect(some.rows.map((row) => row.producer)).to.deep.equal(['a', 'c']);
    const few = await store().analytics.producers({ limit: 1, first: [] });
    expect([few.rows.length, few.total]).to.deep.equal([1, 3]);
  });

  it('adds producers up by application, the one that was seen last first, and searches what they say of themselves', async () => {
    const service = { version: '1.2.0-Beta', environment: null, instanceId: 'pod_1%' };
    const send = (producer: string, clientId: string, after: number, more = {}): Promise<unknown> =>
      store().append(
        append({ producer: producerRef({ producer, clientId, ...more }), receivedAt: START + after }),
      );
    await send('a', 'shop', 0, { service, agent: 'old/1' });
    await send('b', 'shop', 5, { agent: 'new/2' });
    await send('event:blog', 'blog', 3, { mode: 'event', agent: null });
    const list = (query: object): ReturnType<Store['analytics']['applications']> =>
      store().analytics.applications({ limit: 10, first: [], ...query });
    const { rows, total } = await list({});
    expect(total).to.equal(2);
    expect(rows.map((row) => row.clientId)).to.deep.equal(['shop', 'blog']);
    expect(rows[0]).to.deep.include({
      producers: 2,
      modes: ['batch'],
      agent: 'new/2',
      firstSeen: START,
      lastSeen: START + 5,
      rejected: 0,
    });
    expect((await list({ first: ['blog'] })).rows.map((row) => row.clientId)).to.deep.equal(['blog', 'shop']);
    const cut = await list({ limit: 1 });
    expect([cut.rows.length, cut.total]).to.deep.equal([1, 2]);
    for (const [search, found] of Object.entries({ BETA: 1, 'pod_1%': 1, shop: 1, o: 2, 'x%': 0, "'": 0 }))
      expect((await list({ search })).total, search).to.equal(found);
    expect((await list({ search: 'beta' })).rows[0], 'found by one of two').to.include({ producers: 2 });
    const producers = await store().analytics.producers({ search: 'beta', limit: 10, first: [] });
    expect(producers.rows.map((row) => row.producer)).to.deep.equal(['a']);
  });
}
