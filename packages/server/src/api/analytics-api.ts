import type * as v from 'valibot';

import { isBucket, isInferred } from '../event/path-group.ts';
import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import type {
  Analytics,
  ClientsQuery,
  EndpointsQuery,
  Overview,
  OverviewQuery,
  Totals,
} from '../store/questions/analytics.ts';
import type { HistogramBin } from '../store/questions/histogram-bin.ts';
import type {
  MetricDetail,
  MetricNumbers,
  MetricQuestion,
  MetricsQuery,
} from '../store/questions/metrics.ts';
import { textOfEndpoint, thresholdsByEndpoint } from '../store/questions/endpoint-threshold.ts';
import { DEFAULT_THRESHOLD } from '../store/figures/latency-figures.ts';
import type { RequestRate } from '../store/questions/request-rate.ts';
import type { ValuesQuery } from '../store/questions/value-list.ts';
import type { KeptThresholds } from './apdex/kept-thresholds.ts';
import type { CLIENTS, ENDPOINTS, OVERVIEW, VALUES } from './answers/figures.ts';
import type { Answer } from './answers/members.ts';
import type { METRIC, METRICS } from './answers/metrics.ts';
import {
  parseClientsQuery,
  parseEndpointsQuery,
  parseMetricQuery,
  parseMetricsQuery,
  parseOverviewQuery,
  parseValuesQuery,
} from './query/analytics-questions.ts';
import type { ParsedQuery } from './query/reading.ts';
import { latencyToJson, rounded, roundedShare, tidy, tidyEdge } from './rounding.ts';

/** What the endpoints of the page answer from. */
export interface AnalyticsContext {
  readonly analytics: Analytics;
  readonly rate: RequestRate;
  readonly thresholds: KeptThresholds;
}

/** Answers one of the endpoints of the page. */
export type AnalyticsReply = (context: AnalyticsContext, params: URLSearchParams) => Promise<Reply>;

/** `GET /api/overview`: everything about a range, or about one endpoint in it. */
export const overviewReply: AnalyticsReply = ({ analytics, rate }, params) =>
  answer<typeof OVERVIEW, OverviewQuery>(parseOverviewQuery(params, Date.now()), async (query) => ({
    since: formatTime(query.since),
    until: formatTime(query.until),
    bucket_millis: query.bucketMillis,
    now: { requests_per_second: (await rate.perSecond(query)) ?? null },
    ...overviewToJson(await analytics.overview(query)),
  }));

/** `GET /api/endpoints`: the busiest, worst or slowest ones. */
export const endpointsReply: AnalyticsReply = ({ analytics, thresholds }, params) =>
  answer<typeof ENDPOINTS, EndpointsQuery>(parseEndpointsQuery(params, Date.now()), async (query) => {
    const ownThresholds = await thresholds.list();
    const own = thresholdsByEndpoint(ownThresholds);
    const { estimated, endpoints, total } = await analytics.endpoints({ ...query, ownThresholds });
    const { thresholdMillis = DEFAULT_THRESHOLD } = query;
    return {
      endpoints: endpoints.map(
        ({ clientId, method, endpoint, latency, share, clientErrors, apdex, ...figures }) => ({
          client_id: clientId,
          method: isBucket(endpoint) ? null : method,
          endpoint,
          inferred: isInferred(endpoint),
          ...figures,
          client_errors: clientErrors,
          share: roundedShare(share),
          latency_ms: latencyToJson(latency),
          apdex: apdex === null ? null : rounded(apdex, 4),
          threshold_ms: own.get(textOfEndpoint({ clientId, method, endpoint })) ?? thresholdMillis,
          own_threshold: own.has(textOfEndpoint({ clientId, method, endpoint })),
        }),
      ),
      total,
      estimated,
    };
  });

/** `GET /api/clients`: the pseudonymous clients with the most requests. */
export const clientsReply: AnalyticsReply = ({ analytics }, params) =>
  answer<typeof CLIENTS, ClientsQuery>(parseClientsQuery(params, Date.now()), async (query) => {
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
  answer<typeof METRICS, MetricsQuery>(parseMetricsQuery(params, Date.now()), async (query) => {
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
  answer<typeof METRIC, MetricQuestion>(parseMetricQuery(params, Date.now()), async (query) => ({
    name: query.name,
    ...metricToJson(await analytics.metric(query)),
  }));

/** `GET /api/values`: which values there are to filter by. */
export const valuesReply: AnalyticsReply = ({ analytics }, params) =>
  answer<typeof VALUES, ValuesQuery>(parseValuesQuery(params, Date.now()), async (query) => {
    const { since, values } = await analytics.values({ ...query, limit: query.limit + 1 });
    return {
      since: formatTime(since),
      values: values.slice(0, query.limit),
      more: values.length > query.limit,
    };
  });

/** What a question is answered with, once it is read. */
export async function answer<Schema extends v.GenericSchema, Query>(
  parsed: ParsedQuery<Query>,
  body: (query: Query) => Promise<Answer<Schema>>,
): Promise<Reply> {
  return parsed.ok ? { status: 200, body: await body(parsed.query) } : failure(400, parsed.error);
}

type OverviewJson = Answer<typeof OVERVIEW>;

function overviewToJson(overview: Overview): Omit<OverviewJson, 'since' | 'until' | 'bucket_millis' | 'now'> {
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
function previousToJson({
  previous,
  isPreviousKept,
}: Overview): Pick<OverviewJson, 'previous' | 'not_compared'> {
  if (!isPreviousKept) return { previous: null, not_compared: 'not_kept' };
  if (previous.requests < MIN_COMPARED) return { previous: null, not_compared: 'few_requests' };
  return { previous: totalsToJson(previous), not_compared: null };
}

function totalsToJson({ requests, errors, clients, latency }: Totals): OverviewJson['totals'] {
  return { requests, errors, clients, latency_ms: latencyToJson(latency) };
}

type MetricJson = Answer<typeof METRIC>;

function metricToJson({
  estimated,
  bucketMillis,
  events,
  allEvents,
  numbers,
  ...rest
}: MetricDetail): Omit<MetricJson, 'name'> {
  return {
    bucket_millis: bucketMillis,
    estimated,
    events,
    coverage: coverage(events, allEvents),
    numbers: numbers === null ? null : numbersToJson(numbers),
    shares: rest.shares,
    others: rest.others,
    groups: rest.groups?.map((group) => ({
      ...group,
      mean: tidyOrNull(group.mean),
      p95: tidyOrNull(group.p95),
    })),
  };
}

function numbersToJson(numbers: MetricNumbers): NonNullable<MetricJson['numbers']> {
  const { min, max, series, histogram } = numbers;
  // What was sent stays as it is.
  const edge = (value: number): number => (value === min || value === max ? value : tidyEdge(value));
  return {
    count: numbers.count,
    min,
    max,
    mean: tidy(numbers.mean),
    p50: tidy(numbers.p50),
    p95: tidy(numbers.p95),
    series: series.map((point) => ({
      start: formatTime(point.start),
      count: point.count,
      mean: tidyOrNull(point.mean),
      p95: tidyOrNull(point.p95),
    })),
    histogram: histogram.map(({ from, to, count }) => ({ from: edge(from), to: edge(to), count })),
  };
}

function binToJson({ from, to }: Pick<HistogramBin, 'from' | 'to'>): { from: number; to: number } {
  return { from: tidy(from), to: tidy(to) };
}

function coverage(events: number, all: number): number {
  return all === 0 ? 0 : roundedShare(events / all);
}

function tidyOrNull(value: number | null): number | null {
  return value === null ? null : tidy(value);
}
