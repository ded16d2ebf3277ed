import { isBucket, isInferred } from '../event/path-group.ts';
import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import type {
  Analytics,
  HistogramBin,
  MetricDetail,
  MetricNumbers,
  Overview,
  Totals,
} from '../store/analytics.ts';
import type { RequestRate } from '../store/request-rate.ts';
import {
  parseClientsQuery,
  parseEndpointsQuery,
  parseMetricQuery,
  parseMetricsQuery,
  parseOverviewQuery,
  parseValuesQuery,
} from './query/analytics-questions.ts';
import type { ParsedQuery } from './query/reading.ts';
import { latencyToJson, rounded } from './rounding.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the endpoints of the page answer from. */
export interface AnalyticsContext {
  readonly analytics: Analytics;
  readonly rate: RequestRate;
}

/** Answers one of the endpoints of the page. */
export type AnalyticsReply = (context: AnalyticsContext, params: URLSearchParams) => Promise<Reply>;

/** `GET /api/overview`: everything about a range, or about one endpoint in it. */
export const overviewReply: AnalyticsReply = ({ analytics, rate }, params) =>
  answer(parseOverviewQuery(params, Date.now()), async (query) => ({
    since: formatTime(query.since),
    until: formatTime(query.until),
    bucket_millis: query.bucketMillis,
    now: { requests_per_second: (await rate.perSecond(query)) ?? null },
    ...overviewToJson(await analytics.overview(query)),
  }));

/** `GET /api/endpoints`: the busiest, worst or slowest ones. */
export const endpointsReply: AnalyticsReply = ({ analytics }, params) =>
  answer(parseEndpointsQuery(params, Date.now()), async (query) => {
    const { estimated, endpoints, total } = await analytics.endpoints(query);
    return {
      endpoints: endpoints.map(
        ({ clientId, method, endpoint, latency, share, clientErrors, ...figures }) => ({
          client_id: clientId,
          method: isBucket(endpoint) ? null : method,
          endpoint,
          inferred: isInferred(endpoint),
          ...figures,
          client_errors: clientErrors,
          share: rounded(share, 4),
          latency_ms: latencyToJson(latency),
        }),
      ),
      total,
      estimated,
    };
  });

/** `GET /api/clients`: the pseudonymous clients with the most requests. */
export const clientsReply: AnalyticsReply = ({ analytics }, params) =>
  answer(parseClientsQuery(params, Date.now()), async (query) => {
    const found = await analytics.clients({ ...query, limit: query.limit + 1 });
    return {
      clients: found.slice(0, query.limit).map(({ sourceIp, requests, errors, lastSeen }) => ({
        source_ip: sourceIp,
        requests,
        errors,
        last_seen: formatTime(lastSeen),
      })),
      more: found.length > query.limit,
    };
  });

/** `GET /api/custom-metrics`: which there are. */
export const customMetricsReply: AnalyticsReply = ({ analytics }, params) =>
  answer(parseMetricsQuery(params, Date.now()), async (query) => {
    const { metrics, total, events, estimated } = await analytics.metrics(query);
    return {
      metrics: metrics.map((metric) => ({ ...metric, coverage: coverage(metric.events, events) })),
      total,
      events,
      estimated,
    };
  });

/** `GET /api/custom-metrics/detail`: everything about one of them. */
export const customMetricReply = (
  analytics: Pick<Analytics, 'metric'>,
  params: URLSearchParams,
): Promise<Reply> =>
  answer(parseMetricQuery(params, Date.now()), async (query) => ({
    name: query.name,
    ...metricToJson(await analytics.metric(query)),
  }));

/** `GET /api/values`: which values there are to filter by. */
export const valuesReply: AnalyticsReply = ({ analytics }, params) =>
  answer(parseValuesQuery(params, Date.now()), async (query) => {
    const found = await analytics.values({ ...query, limit: query.limit + 1 });
    return { values: found.slice(0, query.limit), more: found.length > query.limit };
  });

/** What a question is answered with, once it is read. */
export async function answer<T>(
  parsed: ParsedQuery<T>,
  body: (query: T) => Promise<unknown>,
): Promise<Reply> {
  return parsed.ok ? { status: 200, body: await body(parsed.query) } : failure(400, parsed.error);
}

function overviewToJson(overview: Overview): Json {
  return {
    estimated: overview.estimated,
    totals: totalsToJson(overview.totals),
    ...previousToJson(overview),
    series: overview.series.map(({ start, requests, errors, byStatus, latency }) => ({
      start: formatTime(start),
      requests,
      errors,
      by_status: byStatus,
      latency_ms: latencyToJson(latency),
    })),
    methods: overview.methods,
    outcomes: overview.outcomes,
    status_codes: overview.statusCodes.map(({ statusCode, requests }) => ({
      status_code: statusCode,
      requests,
    })),
    histogram: overview.histogram.map(({ count, ...bin }) => ({ ...binToJson(bin), requests: count })),
  };
}

/** Fewer requests tell nothing to compare with. */
const MIN_COMPARED = 100;

/** The range before, where it can be compared with; otherwise why it cannot. */
function previousToJson({ previous, isPreviousKept }: Overview): Json {
  if (!isPreviousKept) return { previous: null, not_compared: 'not_kept' };
  if (previous.requests < MIN_COMPARED) return { previous: null, not_compared: 'few_requests' };
  return { previous: totalsToJson(previous), not_compared: null };
}

function totalsToJson({ requests, errors, clients, latency }: Totals): unknown {
  return { requests, errors, clients, latency_ms: latencyToJson(latency) };
}

function metricToJson({ estimated, bucketMillis, events, allEvents, numbers, ...rest }: MetricDetail): Json {
  return {
    bucket_millis: bucketMillis,
    estimated,
    events,
    coverage: coverage(events, allEvents),
    numbers: numbers === null ? null : numbersToJson(numbers),
    shares: rest.shares,
    others: rest.others,
    groups: rest.groups?.map((group) => ({ ...group, mean: tidy(group.mean), p95: tidy(group.p95) })),
  };
}

function numbersToJson({ series, histogram, count, ...figures }: MetricNumbers): unknown {
  return {
    count,
    ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, tidy(value)])),
    series: series.map((point) => ({
      start: formatTime(point.start),
      count: point.count,
      mean: tidy(point.mean),
      p95: tidy(point.p95),
    })),
    histogram: histogram.map((bin) => ({ ...binToJson(bin), count: bin.count })),
  };
}

function binToJson({ from, to }: Pick<HistogramBin, 'from' | 'to'>): {
  from: number | null;
  to: number | null;
} {
  return { from: tidy(from), to: tidy(to) };
}

function coverage(events: number, all: number): number {
  return all === 0 ? 0 : rounded(events / all, 4);
}

/** Sums and interpolation give digits that were never measured; a metric may be of any size. */
function tidy(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(12));
}
