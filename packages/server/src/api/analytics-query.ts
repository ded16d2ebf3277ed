import { DAY_MILLIS } from '../durations.ts';
import { parseTime } from '../event/timestamps.ts';
import {
  ENDPOINT_ORDERS,
  type AnalyticsFilter,
  type ClientsQuery,
  type EndpointKey,
  type EndpointOrder,
  type EndpointsQuery,
  type MetricQuestion,
  type MetricsQuery,
  type OverviewQuery,
  type TimeRange,
} from '../store/analytics.ts';
import { pageBucket, parseBucket } from '../store/figures/bucket-width.ts';
import {
  attempt,
  BUCKET_RULE,
  read,
  readLimit,
  readSearch,
  TIME_RULE,
  type ParsedQuery,
} from './read-query.ts';

/** Most buckets in one answer. */
const MAX_BUCKETS = 10_000;

/** Reads the parameters of `GET /api/overview`; `now` is milliseconds since the epoch. */
export function parseOverviewQuery(params: URLSearchParams, now: number): ParsedQuery<OverviewQuery> {
  return checkBuckets(
    attempt(() => {
      const filter = filterOf(params, now);
      return { ...filter, bucketMillis: bucketOf(params) ?? pageBucket(filter) };
    }),
  );
}

/** Reads the parameters of `GET /api/endpoints`. */
export function parseEndpointsQuery(params: URLSearchParams, now: number): ParsedQuery<EndpointsQuery> {
  return checkRange(
    attempt(() => ({
      ...filterOf(params, now),
      order: read(params, 'sort', parseOrder, `one of ${ENDPOINT_ORDERS.join(', ')}`) ?? 'requests',
      search: readSearch(params),
      limit: readLimit(params, 50, 500),
    })),
  );
}

/** Reads the parameters of `GET /api/clients`. */
export function parseClientsQuery(params: URLSearchParams, now: number): ParsedQuery<ClientsQuery> {
  return checkRange(
    attempt(() => ({
      ...filterOf(params, now),
      prefix: read(params, 'q', parsePrefix, '1 to 64 hex digits, the first of a pseudonym'),
      limit: readLimit(params, 20, 200),
    })),
  );
}

/** Reads the parameters of `GET /api/custom-metrics`. */
export function parseMetricsQuery(params: URLSearchParams, now: number): ParsedQuery<MetricsQuery> {
  return checkRange(
    attempt(() => ({
      ...filterOf(params, now),
      search: readSearch(params),
      limit: readLimit(params, 100, 1000),
    })),
  );
}

/** Reads the parameters of `GET /api/custom-metrics/detail`. */
export function parseMetricQuery(params: URLSearchParams, now: number): ParsedQuery<MetricQuestion> {
  const name = params.get('name');
  if (name === null) return { ok: false, error: '`name` must be given' };
  return checkBuckets(
    attempt(() => ({
      ...filterOf(params, now),
      name,
      bucketMillis: bucketOf(params),
      byEndpoint: read(params, 'group', (text) => text === 'endpoint' || undefined, '`endpoint`') ?? false,
    })),
  );
}

/** The last 24 hours, unless the parameters say otherwise. */
function rangeOf(params: URLSearchParams, now: number): TimeRange {
  const until = read(params, 'until', parseTime, TIME_RULE) ?? now;
  const since = read(params, 'since', parseTime, TIME_RULE) ?? Math.max(0, until - DAY_MILLIS);
  return { since, until };
}

function filterOf(params: URLSearchParams, now: number): AnalyticsFilter {
  return {
    ...rangeOf(params, now),
    clientId: params.get('client_id') ?? undefined,
    endpoint: endpointOf(params),
  };
}

/** Neither half names an endpoint; an endpoint's name alone would be several. */
function endpointOf(params: URLSearchParams): EndpointKey | undefined {
  const method = params.get('method');
  const endpoint = params.get('endpoint');
  return method === null || endpoint === null ? undefined : { method, endpoint };
}

function bucketOf(params: URLSearchParams): number | undefined {
  return read(params, 'bucket', parseBucket, BUCKET_RULE);
}

function parsePrefix(text: string): string | undefined {
  return /^[0-9a-f]{1,64}$/i.test(text) ? text.toLowerCase() : undefined;
}

function parseOrder(text: string): EndpointOrder | undefined {
  return ENDPOINT_ORDERS.find((order) => order === text);
}

function checkRange<T extends TimeRange>(parsed: ParsedQuery<T>): ParsedQuery<T> {
  if (!parsed.ok || parsed.query.since < parsed.query.until) return parsed;
  return { ok: false, error: '`since` must be before `until`' };
}

function checkBuckets<T extends TimeRange & { readonly bucketMillis?: number | undefined }>(
  parsed: ParsedQuery<T>,
): ParsedQuery<T> {
  const checked = checkRange(parsed);
  if (!checked.ok) return checked;
  const { since, until, bucketMillis } = checked.query;
  if (bucketMillis === undefined || (until - since) / bucketMillis <= MAX_BUCKETS) return checked;
  return { ok: false, error: `\`bucket\` is too narrow for the range: more than ${MAX_BUCKETS} buckets` };
}
