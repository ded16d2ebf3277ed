import { expect } from 'chai';

import type { CerberusEvent } from '../../../../dist/event/event.js';
import type { Overview, OverviewQuery } from '../../../../dist/store/questions/analytics.js';
import type { AnalyticsFilter } from '../../../../dist/store/questions/analytics-filter.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, START } from '../../events/events.js';
import { at, DAY, HOUR, MINUTE, OTHER_HASH, RANGE } from './asked-hour.js';

/** Requests over time, their figures and breakdowns. */
export function overviews(store: () => Store): void {
  const overview = async (query: Partial<OverviewQuery> = {}): Promise<Overview> => {
    const { analytics } = store();
    const all = { ...RANGE, bucketMillis: 20 * MINUTE, ...query };
    const found = await analytics.overview(all);
    const { clients: _, ...totals } = found.totals;
    expect(await analytics.totals(all), 'asked for alone').to.deep.equal(totals);
    return found;
  };
  const put = (...events: CerberusEvent[]): Promise<unknown> => store().append(append({ events }));

  it('is every bucket of the range with zeros, and nulls for latencies, without events', async () => {
    const { totals, previous, series, methods, outcomes, statusCodes, histogram } = await overview();
    const latency = { p50: null, p95: null, p99: null };
    expect(totals).to.deep.equal({ requests: 0, errors: 0, clients: 0, latency });
    expect(previous).to.deep.equal(totals);
    const byStatus = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 };
    expect(series).to.deep.equal(
      [0, 20, 40].map((minutes) => ({
        start: START + minutes * MINUTE,
        requests: 0,
        errors: 0,
        byStatus,
        latency,
      })),
    );
    expect([...methods, ...outcomes, ...statusCodes, ...histogram]).to.deep.equal([]);
  });

  it('puts events into the bucket in which they start, half-open, those before into the previous range', async () => {
    await put(at(-60), at(-1), at(0), at(19.9), at(20), at(59.9), at(60));
    expect((await overview()).isPreviousKept).to.equal(false);
    await store().append(append({ seq: 2, events: [at(-61)] }));
    const { totals, previous, series, estimated, isPreviousKept } = await overview();
    expect(isPreviousKept).to.equal(true);
    expect(estimated).to.equal(false);
    expect([totals.requests, previous.requests]).to.deep.equal([4, 2]);
    expect(series.map((point) => point.requests)).to.deep.equal([2, 1, 1]);
  });

  it('aligns buckets to multiples of their width and leaves out what is before the range', async () => {
    await put(at(9), at(11));
    const { series } = await overview({ since: START + 10 * MINUTE, until: START + 30 * MINUTE });
    expect(series.map(({ start, requests }) => [(start - START) / MINUTE, requests])).to.deep.equal([
      [0, 1],
      [20, 0],
    ]);
  });

  it('counts classes of status codes, errors, methods, outcomes and status codes', async () => {
    const kinds: Partial<CerberusEvent>[] = [
      { statusCode: 200 },
      { statusCode: 204, method: 'POST' },
      { statusCode: 302 },
      { statusCode: 404, outcome: null },
      { statusCode: 500, outcome: 'error' },
      { statusCode: 503, outcome: null },
      { statusCode: 101, outcome: 'aborted' },
      { statusCode: null, outcome: null },
      { statusCode: null, outcome: null },
    ];
    await put(...kinds.map((kind) => at(1, kind)));
    const { totals, series, methods, outcomes, statusCodes } = await overview();
    expect([totals.requests, totals.errors]).to.deep.equal([9, 2]);
    expect(series[0]?.byStatus).to.deep.equal({ '2xx': 2, '3xx': 1, '4xx': 1, '5xx': 2, none: 3 });
    expect(methods).to.deep.equal([
      { method: 'GET', requests: 8 },
      { method: 'POST', requests: 1 },
    ]);
    expect(outcomes).to.deep.equal([
      { outcome: null, requests: 4 },
      { outcome: 'completed', requests: 3 },
      { outcome: 'aborted', requests: 1 },
      { outcome: 'error', requests: 1 },
    ]);
    expect(statusCodes.map(({ statusCode, requests }) => [statusCode, requests])).to.deep.equal([
      [null, 2],
      [101, 1],
      [200, 1],
      [204, 1],
      [302, 1],
      [404, 1],
      [500, 1],
      [503, 1],
    ]);
  });

  it('gives percentiles of the range, of the range before and of each bucket, and distinct addresses', async () => {
    await put(
      at(-5, { latencyMs: 7, sourceIp: null }),
      ...[10, 20, 30].map((latencyMs) => at(1, { latencyMs })),
      at(21, { latencyMs: 100, sourceIp: OTHER_HASH }),
      at(22, { latencyMs: null, sourceIp: null }),
    );
    const { totals, previous, series } = await overview();
    expect(totals.clients).to.equal(2);
    expect(totals.latency.p50).to.be.closeTo(25, 1e-9);
    expect(totals.latency.p95).to.be.closeTo(89.5, 1e-9);
    expect(previous).to.deep.include({ clients: 0, latency: { p50: 7, p95: 7, p99: 7 } });
    expect(series.map((point) => point.latency.p50)).to.deep.equal([20, 100, null]);
  });

  it('puts latencies into bins that grow and join without a gap', async () => {
    await put(...[0, 0.02, 1, 9.5, 10, 11, 1e12].map((latencyMs) => at(1, { latencyMs })));
    const { histogram } = await overview();
    expect(histogram[0]).to.deep.include({ from: 0, count: 2 });
    for (const [index, bin] of histogram.entries()) {
      expect(bin.to).to.be.greaterThan(bin.from);
      if (index > 0) expect(bin.from).to.equal(histogram[index - 1]?.to);
    }
    const holding = (value: number): number | undefined =>
      histogram.find((bin) => bin.from < value && value <= bin.to)?.count;
    expect([holding(1), holding(9.5)]).to.deep.equal([1, 2]);
    expect(histogram.at(-1)?.count).to.equal(1);
    expect(histogram.reduce((sum, bin) => sum + bin.count, 0)).to.equal(7);
  });

  it('is about one endpoint or one client id where one is asked for', async () => {
    const events = [
      at(1, { route: '/a/:id', endpoint: '/a/1' }),
      at(1, { route: '/a/:id', endpoint: '/a/2', clientId: 'other' }),
      at(1, { route: '/a/:id', endpoint: '/a/1', method: 'POST' }),
      at(1, { route: null, endpoint: '/a/1' }),
    ];
    await put(...events);
    const requests = async (query: Partial<AnalyticsFilter>): Promise<number> =>
      (await overview(query)).totals.requests;
    expect(await requests({ method: 'GET', endpoint: '/a/:id' })).to.equal(2);
    expect(await requests({ method: 'GET', endpoint: '/a/1' })).to.equal(1);
    expect(await requests({ clientId: 'other' })).to.equal(1);
    const both = { clientId: 'other', method: 'GET', endpoint: '/a/:id' };
    const { series, methods, statusCodes } = await overview(both);
    expect([series[0]?.requests, methods[0]?.requests, statusCodes[0]?.requests]).to.deep.equal([1, 1, 1]);
  });

  it('is of the same requests under a filter that holds for all, also when some were deleted', async () => {
    await store().append(append({ seq: 1, events: [at(1), at(30)], receivedAt: START }));
    await store().append(append({ seq: 2, events: [at(2), at(31)], receivedAt: START + 3 * DAY }));
    await store().deleteOld({ before: START + 2 * DAY, maxBytes: undefined });
    for (const range of [RANGE, { since: START - DAY, until: START + 2 * DAY }]) {
      const whole = await overview(range);
      const filtered = await overview({ ...range, latency: { from: 0 } });
      expect(whole.totals.requests).to.equal(2);
      expect(filtered.totals.requests).to.equal(2);
      expect(filtered.series.map(({ requests }) => requests)).to.deep.equal(
        whole.series.map(({ requests }) => requests),
      );
    }
  });

  it('treats what a user asks for as a value, never as a statement', async () => {
    await put(at(1));
    const hostile = `' OR 1=1; DROP TABLE events; --`;
    const endpoint = { method: hostile, endpoint: hostile };
    expect((await overview({ clientId: hostile, ...endpoint })).totals.requests).to.equal(0);
    const metric = { ...RANGE, name: hostile, bucketMillis: HOUR, byEndpoint: true, ...endpoint };
    expect((await store().analytics.metric(metric)).events).to.equal(0);
    expect((await overview()).totals.requests).to.equal(1);
  });
}
