import { expect } from 'chai';

import type { CerberusEvent } from '../../../../dist/event/event.js';
import { MAX_SUMMARY_BUCKETS } from '../../../../dist/store/questions/event-query.js';
import type { Store } from '../../../../dist/store/store.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { append, HASH, START, storeEvent } from '../../events/events.js';
import { at } from './stored-events.js';

/** The figures of a summary. */
export function summaries(store: () => Store): void {
  it('is all zeros and nulls without events', async () => {
    const { requests, errors, clients, latency, buckets, endpoints } = await store().summary({});
    expect({ requests, errors, clients }).to.deep.equal({ requests: 0, errors: 0, clients: 0 });
    expect(latency).to.deep.equal({ p50: null, p95: null, p99: null });
    expect([...buckets, ...endpoints]).to.deep.equal([]);
  });

  it('counts an error by its outcome, and by a status of 500 or more where there is none', async () => {
    await store().append(
      append({
        events: [
          storeEvent({ outcome: 'error', statusCode: 200 }),
          storeEvent({ outcome: 'completed', statusCode: 500 }),
          storeEvent({ outcome: 'aborted', statusCode: 503 }),
          storeEvent({ outcome: null, statusCode: 500 }),
          storeEvent({ outcome: null, statusCode: 499 }),
          storeEvent({ outcome: null, statusCode: null }),
        ],
      }),
    );
    const { requests, errors, buckets, endpoints } = await store().summary({});
    expect({ requests, errors }).to.deep.equal({ requests: 6, errors: 2 });
    expect(buckets.map((bucket) => bucket.errors)).to.deep.equal([2]);
    expect(endpoints.map((endpoint) => endpoint.errors)).to.deep.equal([2]);
  });

  it('counts distinct addresses, without those that are not known', async () => {
    const other = HASH.replace('3', '4');
    const events = [HASH, HASH, other, null, null].map((sourceIp) => storeEvent({ sourceIp }));
    await store().append(append({ events }));
    expect((await store().summary({})).clients).to.equal(2);
  });

  it('interpolates percentiles and leaves out events without a latency', async () => {
    const latencies = [...Array.from({ length: 100 }, (_, i) => i + 1), null];
    await store().append(append({ events: latencies.map((latencyMs) => storeEvent({ latencyMs })) }));
    const { latency, endpoints } = await store().summary({});
    expect(latency.p50).to.be.closeTo(50.5, 1e-9);
    expect(latency.p95).to.be.closeTo(95.05, 1e-9);
    expect(latency.p99).to.be.closeTo(99.01, 1e-9);
    expect(endpoints[0]?.p95).to.be.closeTo(95.05, 1e-9);
  });

  it('cuts time into buckets that start at multiples of their width', async () => {
    const minute = 60_000;
    const events = [at(0), at(minute - 1), at(minute), at(5 * minute)];
    await store().append(append({ events }));
    const { buckets } = await store().summary({ bucketMillis: minute });
    expect(buckets).to.deep.equal([
      { start: START, requests: 2, errors: 0 },
      { start: START + minute, requests: 1, errors: 0 },
      { start: START + 5 * minute, requests: 1, errors: 0 },
    ]);
  });

  it('chooses a width that gives at most about sixty buckets', async () => {
    const hour = 3_600_000;
    await store().append(append({ events: [at(0), at(hour)] }));
    expect((await store().summary({})).bucketMillis).to.equal(60_000);
    expect((await store().summary({ since: START, until: START + 48 * hour })).bucketMillis).to.equal(hour);
  });

  it('has no more buckets than tell that there are too many', async () => {
    const events = Array.from({ length: MAX_SUMMARY_BUCKETS + 50 }, (_, second) =>
      storeEvent({ timestamp: START + second * 1000 }),
    );
    await store().append(append({ events }));
    const { requests, buckets } = await store().summary({ bucketMillis: 1000 });
    expect([requests, buckets.length]).to.deep.equal([MAX_SUMMARY_BUCKETS + 50, MAX_SUMMARY_BUCKETS + 1]);
    expect([buckets[0]?.start, buckets.at(-1)?.start]).to.deep.equal([
      START,
      START + MAX_SUMMARY_BUCKETS * 1000,
    ]);
  });

  it('groups endpoints by method and route, by path where there is none, the busiest first', async () => {
    const event = (method: string, endpoint: string, route: string | null): CerberusEvent =>
      storeEvent({ method, endpoint, route });
    await store().append(
      append({
        events: [
          event('GET', '/a/1', '/a/:id'),
          event('GET', '/a/2', '/a/:id'),
          event('POST', '/a/1', '/a/:id'),
          event('GET', '/x', null),
          event('GET', '/x', null),
          event('GET', '/x', null),
        ],
      }),
    );
    const { endpoints } = await store().summary({});
    expect(endpoints.map(({ method, endpoint, requests }) => [method, endpoint, requests])).to.deep.equal([
      ['GET', '/x', 3],
      ['GET', '/a/:id', 2],
      ['POST', '/a/:id', 1],
    ]);
  });

  it('filters by time and client', async () => {
    await store().append(append({ events: [at(1), at(2), at(3), { ...at(2), clientId: 'other' }] }));
    const query = { since: START + 2, until: START + 3 };
    expect((await store().summary(query)).requests).to.equal(2);
    expect((await store().summary({ ...query, clientId: 'other' })).requests).to.equal(1);
  });

  it('agrees with itself while events arrive', async () => {
    const stop = new AbortController();
    const writer = (async (): Promise<void> => {
      for (let seq = 1; !stop.signal.aborted; seq += 1) {
        await store().append(append({ seq, events: [at(seq), at(seq)] }));
      }
    })();
    for (let round = 0; round < 10; round += 1) {
      const { requests, buckets, endpoints } = await store().summary({});
      const sum = (parts: readonly { readonly requests: number }[]): number =>
        parts.reduce((total, part) => total + part.requests, 0);
      expect([sum(buckets), sum(endpoints)]).to.deep.equal([requests, requests]);
    }
    stop.abort();
    await within('the writer to stop', writer);
  });
}
