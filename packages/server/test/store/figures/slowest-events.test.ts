// The slowest events are asked for among few, and are the same whatever was counted.
import { expect } from 'chai';
import fc from 'fast-check';

import type { StoredEvent } from '../../../dist/event/event.js';
import { latencyBucket } from '../../../dist/store/figures/log-buckets.js';
import { slowestEvents } from '../../../dist/store/figures/slowest-events.js';
import { selectEvents } from '../../../dist/store/memory/queries.js';
import type { EventQuery } from '../../../dist/store/questions/event-query.js';
import { countOne } from '../../../dist/nested-maps.js';
import { START, storeEvent } from '../../support/events/events.js';

const DAY = 86_400_000;
const QUERY = { order: 'slowest', since: START - 2 * DAY, until: START + DAY, limit: 10 } as const;

const anyLatency = fc.option(
  fc.oneof(fc.double({ min: 0, max: 1e4, noNaN: true }), fc.integer({ min: 0, max: 9 }), fc.constant(1.04)),
);

function stored(latencies: readonly (number | null)[]): readonly StoredEvent[] {
  return latencies.map((latencyMs, index) => ({
    ...storeEvent({ latencyMs, timestamp: START + index, statusCode: index % 3 === 0 ? 500 : 200 }),
    id: index + 1,
    receivedAt: START,
    producer: 'p',
  }));
}

function countsOf(events: readonly StoredEvent[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { latencyMs } of events) if (latencyMs !== null) countOne(counts, latencyBucket(latencyMs));
  return counts;
}

/** What is answered, and what was asked for it. */
async function answered(
  query: EventQuery,
  events: readonly StoredEvent[],
  counts: ReadonlyMap<number, number> = countsOf(events),
): Promise<{ readonly ids: readonly number[]; readonly asked: readonly EventQuery[] }> {
  const asked: EventQuery[] = [];
  const found = await slowestEvents(query, {
    counts: () => Promise.resolve(counts),
    events: (each) => {
      asked.push(each);
      return Promise.resolve(selectEvents(events, each));
    },
  });
  return { ids: found.map(({ id }) => id), asked };
}

describe('slowestEvents', () => {
  const all = stored(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 5000));

  it('are those of all, whatever the filter, the page and what was counted', async () => {
    const anyQuery = fc.record(
      {
        latency: fc.record(
          { from: fc.integer({ min: 0, max: 99 }), to: fc.integer({ min: 50, max: 9999 }) },
          { requiredKeys: [] },
        ),
        status: fc.constant({ from: 500, to: 599 }),
        after: fc.record({ value: fc.double({ min: 0, max: 1e4, noNaN: true }), id: fc.nat(60) }),
      },
      { requiredKeys: [] },
    );
    const right = fc.constant(undefined);
    const wrong = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 12, max: 9999 })), { minLength: 1 })
      .map((entries) => new Map(entries));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLatency, { maxLength: 60 }),
        anyQuery,
        fc.integer({ min: 1, max: 12 }),
        fc.oneof(right, wrong),
        async (latencies, more, limit, counts) => {
          const events = stored(latencies);
          const query = { ...QUERY, ...more, limit };
          const { ids } = await answered(query, events, counts);
          expect(ids).to.deep.equal(selectEvents(events, query).map(({ id }) => id));
        },
      ),
    );
  });

  it('are asked for once, among few more than a page has, on each page', async () => {
    let after: EventQuery['after'];
    for (let page = 0; page < 5; page += 1) {
      const { ids, asked } = await answered({ ...QUERY, after }, all);
      expect(asked).to.have.length(1);
      const read = selectEvents(all, { ...QUERY, ...asked[0], limit: Infinity });
      expect(read.length).to.be.within(QUERY.limit, 500);
      const last = all.find(({ id }) => id === ids.at(-1));
      after = { value: last?.latencyMs ?? NaN, id: last?.id ?? NaN };
    }
  });

  it('are asked for among more where aggregates do not tell what is meant', async () => {
    const filter = { status: { from: 500, to: 599 } };
    const { asked } = await answered({ ...QUERY, limit: 2, ...filter }, all);
    expect(asked).to.have.length(1);
    expect(selectEvents(all, { ...QUERY, limit: Infinity, latency: asked[0]?.latency }).length).to.be.within(
      512,
      2000,
    );
  });

  it('are asked for among all where too few of the slow ones are meant', async () => {
    const { ids, asked } = await answered({ ...QUERY, userId: 'nobody' }, all);
    expect([ids, asked.map(({ latency }) => latency?.from === undefined)]).to.deep.equal([[], [false, true]]);
  });

  it('are not counted for a day or less, for another order, nor for one request', async () => {
    for (const more of [{ since: START }, { order: 'largest' }, { traceId: 'a'.repeat(32) }] as const) {
      const { asked } = await answered({ ...QUERY, ...more }, all);
      expect(asked).to.deep.equal([{ ...QUERY, ...more }]);
    }
  });
});
