import { DAY_MILLIS } from '../../durations.ts';
import type { ClientsQuery, EndpointsQuery, OverviewQuery } from '../../store/questions/analytics.ts';
import type { AnalyticsFilter, TimeRange } from '../../store/questions/analytics-filter.ts';
import type { MetricQuestion, MetricsQuery } from '../../store/questions/metrics.ts';
import type { ConsumersQuery } from '../../store/questions/consumer-list.ts';
import type { ErrorsQuery } from '../../store/questions/error-list.ts';
import { chooseBucket, pageBucket } from '../../store/figures/bucket-width.ts';
import { WEEK_BUCKET } from '../../store/figures/week.ts';
import type { LatenciesQuery } from '../../store/questions/latency-cells.ts';
import type { ReleasesQuery } from '../../store/questions/release-list.ts';
import { LATEST_REQUESTS } from '../../store/questions/latest-values.ts';
import type { ValuesQuery } from '../../store/questions/value-list.ts';
import { QUERIES } from './descriptions.ts';
import { filterOf, metricProblem, type FilterParameters } from './filter.ts';
import { mapQuery, readQuery, type ParsedQuery } from './reading.ts';

/** Most buckets in one answer. */
const MAX_BUCKETS = 10_000;

/** The same where each has as many numbers as there are bins of latencies. */
const MAX_HEAT_COLUMNS = 1000;

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
      thresholdMillis: given.threshold,
      limit: given.limit ?? 50,
    }),
  );
}

/** A question about how latencies are spread. */
export interface LatencyQuestion extends LatenciesQuery {
  /** Of Apdex, milliseconds; by default that of the endpoint, or `DEFAULT_THRESHOLD`. */
  readonly thresholdMillis: number | undefined;
}

/** Most columns of a heatmap that the server chooses itself. */
const HEAT_COLUMNS = 60;

/** Reads the parameters of `GET /api/latency`. */
export function parseLatencyQuery(params: URLSearchParams, now: number): ParsedQuery<LatencyQuestion> {
  return mapQuery(readQuery(QUERIES['GET /api/latency'], params), (given) => {
    const { since, until } = rangeOf(given, now);
    return checkedBuckets(
      given,
      {
        ...rangeFilterOf(given, now),
        bucketMillis: given.bucket ?? chooseBucket(until - since, HEAT_COLUMNS),
        thresholdMillis: given.threshold,
      },
      MAX_HEAT_COLUMNS,
    );
  });
}

/** A question about the hours of the week. */
export interface WeekQuestion extends LatenciesQuery {
  readonly timeZone: string;
}

/** Reads the parameters of `GET /api/week`. */
export function parseWeekQuery(params: URLSearchParams, now: number): ParsedQuery<WeekQuestion> {
  return mapQuery(readQuery(QUERIES['GET /api/week'], params), (given) =>
    checked(given, {
      ...rangeFilterOf(given, now),
      bucketMillis: WEEK_BUCKET,
      timeZone: given.time_zone ?? 'UTC',
    }),
  );
}

/** Reads the parameters of `GET /api/errors`. */
export function parseErrorsQuery(params: URLSearchParams, now: number): ParsedQuery<ErrorsQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/errors'], params), (given) =>
    checked(given, { ...rangeFilterOf(given, now), limit: given.limit ?? 100 }),
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
    const query = {
      ...rangeFilterOf(given, now),
      name,
      bucketMillis: given.bucket,
      byEndpoint: group === 'endpoint',
    };
    // What a store chooses is at least as wide.
    const checkedQuery = checkedBuckets(given, { ...query, bucketMillis: given.bucket ?? pageBucket(query) });
    return typeof checkedQuery === 'string' ? checkedQuery : query;
  });
}

/** Reads the parameters of `GET /api/values`. */
export function parseValuesQuery(params: URLSearchParams, now: number): ParsedQuery<ValuesQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/values'], params), (given) => {
    const { of, q, part, limit = 20 } = given;
    return checked(given, {
      ...rangeFilterOf(given, now),
      of,
      search: q || undefined,
      latestRequests: part === 'latest' ? LATEST_REQUESTS : undefined,
      limit,
    });
  });
}

/** Reads the parameters of `GET /api/releases`. */
export function parseReleasesQuery(params: URLSearchParams, now: number): ParsedQuery<ReleasesQuery> {
  return mapQuery(readQuery(QUERIES['GET /api/releases'], params), (given) =>
    checked(given, {
      ...rangeOf(given, now),
      clientId: given.client_id,
      version: given.release,
      limit: given.limit ?? 50,
    }),
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
  most: number = MAX_BUCKETS,
): T | string {
  const { since, until, bucketMillis } = query;
  if (since < until && bucketMillis !== undefined && (until - since) / bucketMillis > most)
    return `\`bucket\` is too narrow for the range: more than ${most} buckets`;
  return checked(given, query);
}
