import { DAY_MILLIS } from '../../durations.ts';
import type {
  AnalyticsFilter,
  ClientsQuery,
  EndpointsQuery,
  MetricQuestion,
  MetricsQuery,
  OverviewQuery,
  TimeRange,
} from '../../store/analytics.ts';
import type { ConsumersQuery } from '../../store/consumer-list.ts';
import { pageBucket } from '../../store/figures/bucket-width.ts';
import type { ReleasesQuery } from '../../store/release-list.ts';
import type { ValuesQuery } from '../../store/value-list.ts';
import { QUERIES } from './descriptions.ts';
import { filterOf, metricProblem, type FilterParameters } from './filter.ts';
import { mapQuery, readQuery, type ParsedQuery } from './reading.ts';

/** Most buckets in one answer. */
const MAX_BUCKETS = 10_000;

/** Reads the parameters of `GET /api/overview`; `now` is milliseconds since the epoch. */
export function parseOverviewQuery(params: URLSearchParams, now: number): ParsedQuery<OverviewQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/overview'], params), (given) =>
    checkedBuckets(given, {
      ...rangeFilterOf(given, now),
      bucketMillis: given.bucket ?? pageBucket(rangeOf(given, now)),
    }),
  );
}

/** Reads the parameters of `GET /api/endpoints`. */
export function parseEndpointsQuery(params: URLSearchParams, now: number): ParsedQuery<EndpointsQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/endpoints'], params), (given) =>
    checked(given, {
      ...rangeFilterOf(given, now),
      order: given.sort ?? 'requests',
      search: given.q || undefined,
      limit: given.limit ?? 50,
    }),
  );
}

/** Reads the parameters of `GET /api/clients`. */
export function parseClientsQuery(params: URLSearchParams, now: number): ParsedQuery<ClientsQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/clients'], params), (given) =>
    checked(given, { ...rangeFilterOf(given, now), prefix: given.q, limit: given.limit ?? 20 }),
  );
}

/** Reads the parameters of `GET /api/consumers`. */
export function parseConsumersQuery(params: URLSearchParams, now: number): ParsedQuery<ConsumersQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/consumers'], params), (given) =>
    checked(given, {
      ...rangeFilterOf(given, now),
      by: given.by ?? 'consumer',
      order: given.sort ?? 'requests',
      search: given.q || undefined,
      limit: given.limit ?? 50,
    }),
  );
}

/** Reads the parameters of `GET /api/custom-metrics`. */
export function parseMetricsQuery(params: URLSearchParams, now: number): ParsedQuery<MetricsQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/custom-metrics'], params), (given) =>
    checked(given, {
      ...rangeFilterOf(given, now),
      search: given.q || undefined,
      limit: given.limit ?? 100,
    }),
  );
}

/** Reads the parameters of `GET /api/custom-metrics/detail`. */
export function parseMetricQuery(params: URLSearchParams, now: number): ParsedQuery<MetricQuestion> {
  return mapQuery(readQuery(QUERIES['GET /api/custom-metrics/detail'], params), (given) => {
    const { name, group } = given;
    return checkedBuckets(given, {
      ...rangeFilterOf(given, now),
      name,
      bucketMillis: given.bucket,
      byEndpoint: group === 'endpoint',
    });
  });
}

/** Reads the parameters of `GET /api/values`. */
export function parseValuesQuery(params: URLSearchParams, now: number): ParsedQuery<ValuesQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/values'], params), (given) => {
    const { of, q, limit = 20 } = given;
    return checked(given, { ...rangeFilterOf(given, now), of, search: q || undefined, limit });
  });
}

/** Reads the parameters of `GET /api/releases`. */
export function parseReleasesQuery(params: URLSearchParams, now: number): ParsedQuery<ReleasesQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/releases'], params), (given) =>
    checked(given, { ...rangeOf(given, now), clientId: given.client_id, limit: given.limit ?? 50 }),
  );
}

/** The last 24 hours, unless the parameters say otherwise. */
function rangeOf(given: FilterParameters, now: number): TimeRange {
  const until = given.until ?? now;
  return { since: given.since ?? Math.max(0, until - DAY_MILLIS), until };
}

function rangeFilterOf(given: FilterParameters, now: number): AnalyticsFilter {
  return { ...filterOf(given), ...rangeOf(given, now) };
}

function checked<T extends TimeRange>(given: FilterParameters, query: T): T | string {
  if (query.since >= query.until) return '`since` must be before `until`';
  return metricProblem(given) ?? query;
}

function checkedBuckets<T extends TimeRange & { readonly bucketMillis?: number | undefined }>(
  given: FilterParameters,
  query: T,
): T | string {
  const { since, until, bucketMillis } = query;
  if (since < until && bucketMillis !== undefined && (until - since) / bucketMillis > MAX_BUCKETS)
    return `\`bucket\` is too narrow for the range: more than ${MAX_BUCKETS} buckets`;
  return checked(given, query);
}
