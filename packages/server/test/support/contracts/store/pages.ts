import { expect } from 'chai';

import type { StoredEvent } from '../../../../dist/event/event.js';
import { EVENT_ORDERS, orderValue } from '../../../../dist/store/questions/event-order.js';
import type { EventQuery } from '../../../../dist/store/questions/event-query.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, START, storeEvent } from '../../events/events.js';
import { ALL, at } from './stored-events.js';

/** How events are read, page by page. */
export function pages(store: () => Store): void {
  it('returns the newest first, by the time of the request, else of arrival', async () => {
    const events = [at(30), at(10), storeEvent({ timestamp: null }), at(90)];
    await store().append(append({ events, receivedAt: START + 50 }));
    const times = (await store().events(ALL)).map((event) => (event.timestamp ?? event.receivedAt) - START);
    expect(times).to.deep.equal([90, 50, 30, 10]);
  });

  it('filters half-open by time', async () => {
    await store().append(append({ events: [at(1), at(2), at(3), at(4)] }));
    const found = await store().events({ ...ALL, since: START + 2, until: START + 4 });
    expect(found.map((event) => (event.timestamp ?? 0) - START)).to.deep.equal([3, 2]);
  });

  it('filters by client, by the name of an endpoint, and by path', async () => {
    const byRoute = storeEvent({ endpoint: '/a/1', route: '/a/:id' });
    const byPath = storeEvent({ endpoint: '/b', route: null, clientId: 'other' });
    await store().append(append({ events: [byRoute, byPath] }));
    const paths = async (query: Partial<EventQuery>): Promise<string[]> =>
      (await store().events({ ...ALL, ...query })).map((event) => event.endpoint);
    expect(await paths({ endpoint: '/a/:id' })).to.deep.equal(['/a/1']);
    expect(await paths({ endpoint: '/a/1' })).to.deep.equal([]);
    expect(await paths({ path: '/a/1' })).to.deep.equal(['/a/1']);
    expect(await paths({ endpoint: '/b' })).to.deep.equal(['/b']);
    expect(await paths({ endpoint: '/b', clientId: 'my-app' })).to.deep.equal([]);
    expect(await paths({ clientId: 'other' })).to.deep.equal(['/b']);
  });

  it('treats what a user asks for as a value, never as a statement', async () => {
    await store().append(append());
    const hostile = `' OR 1=1; DROP TABLE events; --`;
    expect(await store().events({ ...ALL, endpoint: hostile, clientId: hostile })).to.deep.equal([]);
    expect(await store().producer(hostile)).to.equal(undefined);
    expect(await store().events(ALL)).to.have.length(1);
  });

  it('pages through events of one instant without repeating or missing one, while new ones arrive', async () => {
    await store().append(
      append({ seq: 1, events: Array.from({ length: 25 }, (_, i) => at(i < 20 ? 5 : 4)) }),
    );
    const expected = (await store().events(ALL)).map((event) => event.id);
    const paged: number[] = [];
    let after: EventQuery['after'];
    for (let page = 0; page < 10; page += 1) {
      const events = await store().events({ limit: 4, after });
      paged.push(...events.map((event) => event.id));
      const last = events.at(-1);
      if (last === undefined) break;
      after = { value: last.timestamp ?? last.receivedAt, id: last.id };
      await store().append(append({ seq: page + 2, events: [at(5)] }));
    }
    expect(paged).to.deep.equal(expected);
  });

  for (const order of EVENT_ORDERS) {
    it(`pages through events in their order, each once, though many are equal: ${order}`, async () => {
      const events = Array.from({ length: 24 }, (_, i) =>
        storeEvent({
          timestamp: START + (i % 5),
          latencyMs: i % 7 === 0 ? null : (i % 4) + 0.1,
          requestBodySize: i % 3 === 0 ? null : i % 4,
          responseBodySize: i % 6 === 0 ? null : (i % 2) * 2 ** 40,
        }),
      );
      await store().append(append({ events }));
      const paged: StoredEvent[] = [];
      for (;;) {
        const last = paged.at(-1);
        const after = last && { value: orderValue(last, order) ?? NaN, id: last.id };
        const page = await store().events({ order, limit: 5, after });
        if (page.length === 0) break;
        paged.push(...page);
      }
      const sign = order === 'oldest' ? 1 : -1;
      const expected = (await store().events({ limit: 100 }))
        .filter((event) => orderValue(event, order) !== null)
        .toSorted(
          (a, b) => sign * ((orderValue(a, order) ?? 0) - (orderValue(b, order) ?? 0) || a.id - b.id),
        );
      expect(paged.map(({ id }) => id)).to.deep.equal(expected.map(({ id }) => id));
    });
  }

  it('finds one event by its id, and by its trace and span', async () => {
    const spans = ['b7ad6b7169203331', 'b7ad6b7169203332'];
    await store().append(append({ events: spans.map((spanId) => storeEvent({ spanId })) }));
    const [one] = await store().events({ limit: 1, spanId: spans[0], traceId: storeEvent().traceId ?? '' });
    expect(one?.spanId).to.equal(spans[0]);
    expect(await store().events({ limit: 5, id: one?.id })).to.deep.equal([one]);
    expect(await store().events({ limit: 5, id: 1e15 })).to.deep.equal([]);
  });
}
