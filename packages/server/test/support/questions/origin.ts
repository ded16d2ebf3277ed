import type { AnalyticsFilter } from '../../../dist/store/questions/analytics-filter.js';
import type { EventFilter } from '../../../dist/store/filter/event-filter.js';
import type { Store } from '../../../dist/store/store.js';

/** Filters by what aggregates are kept by beside application and endpoint, of the events of `randomEvent`. */
export const ORIGIN_FILTERS: readonly EventFilter[] = [
  { environment: 'production' },
  { release: '1.4.1', synthetic: 'none', clientId: 'shop' },
  { synthetic: 'bot', method: 'GET', endpoint: '/c/:id' },
];

/** What is exact of the answers to all questions that aggregates answer, under a filter. */
export async function countsOf({ analytics }: Store, filter: AnalyticsFilter): Promise<unknown> {
  const hour = 3_600_000;
  const { totals, series, methods } = await analytics.overview({ ...filter, bucketMillis: 6 * hour });
  const { endpoints, total } = await analytics.endpoints({ ...filter, order: 'requests', limit: 50 });
  const { metrics, events } = await analytics.metrics({ ...filter, limit: 50 });
  const metric = { ...filter, name: 'items', bucketMillis: 24 * hour, byEndpoint: true };
  const { numbers, groups } = await analytics.metric(metric);
  const values = (of: 'release' | 'environment' | 'synthetic'): Promise<unknown> =>
    analytics.values({ ...filter, of, limit: 9 });
  return {
    totals: [totals.requests, totals.errors],
    series: series.map(({ latency: _latency, ...counts }) => counts),
    methods,
    endpoints: [
      total,
      endpoints.map(({ method, endpoint, requests, errors }) => [method, endpoint, requests, errors]),
    ],
    clients: await analytics.clients({ ...filter, limit: 500 }),
    latencies: (await analytics.latencies({ ...filter, bucketMillis: 24 * hour })).toSorted(
      (a, b) => a.start - b.start || a.bucket - b.bucket,
    ),
    metrics: [metrics, events],
    metric: [numbers?.count, numbers?.min, numbers?.max, groups?.map((group) => group.events)],
    values: [await values('release'), await values('environment'), await values('synthetic')],
  };
}
