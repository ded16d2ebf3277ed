import { DAY_MILLIS } from '../../durations.ts';
import type { Outcome } from '../../event/event.ts';
import type { AnalyticsFilter, EndpointKey, TimeRange } from './analytics-filter.ts';
import type { ConsumerList, ConsumersQuery } from './consumer-list.ts';
import type { EndpointThreshold } from './endpoint-threshold.ts';
import type { ErrorList, ErrorsQuery } from './error-list.ts';
import type { Percentiles } from './event-query.ts';
import type { HistogramBin } from './histogram-bin.ts';
import type { LatenciesQuery, LatencyCells } from './latency-cells.ts';
import type { MetricDetail, MetricList, MetricQuestion, MetricsQuery } from './metrics.ts';
import type { ProducerRow } from './producer.ts';
import type { NewRelease, ReleasesQuery } from './release-list.ts';
import type { ApplicationRow, Listed, SourceQuery } from './source-list.ts';
import type { ValueList, ValuesQuery } from './value-list.ts';

/** Everything about a range, in buckets of one width. */
export interface OverviewQuery extends AnalyticsFilter {
  /** Width of a bucket, milliseconds. Buckets start at its multiples since the epoch. */
  readonly bucketMillis: number;
}

/** The classes of status codes; `none` is no status, or one below 200. */
export const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx', 'none'] as const;

/** A class of status codes. */
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** Requests per class of status codes. */
export type StatusCounts = Readonly<Record<StatusClass, number>>;

/** What an {@link Overview} says of the requests of a whole range, without who made them. */
export interface RequestTotals {
  readonly requests: number;
  readonly errors: number;
  readonly latency: Percentiles;
}

/** Figures of a whole range. */
export interface Totals extends RequestTotals {
  /** Distinct client addresses. */
  readonly clients: number;
}

/** Requests that started in one bucket. */
export interface SeriesPoint {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly requests: number;
  readonly errors: number;
  readonly byStatus: StatusCounts;
  readonly latency: Percentiles;
}

/** Answer to an {@link OverviewQuery}. */
export interface Overview {
  /** Latencies and clients are estimates; counts never are. */
  readonly estimated: boolean;
  readonly totals: Totals;
  /** The range of equal length before. */
  readonly previous: Totals;
  /** Something is stored of before that, of whatever application: neither retention nor the beginning cut it short. */
  readonly isPreviousKept: boolean;
  /** Every bucket of the range, in order of time. */
  readonly series: readonly SeriesPoint[];
  /** The most frequent first, as the two below. */
  readonly methods: readonly { readonly method: string; readonly requests: number }[];
  readonly outcomes: readonly { readonly outcome: Outcome | null; readonly requests: number }[];
  readonly statusCodes: readonly { readonly statusCode: number | null; readonly requests: number }[];
  /** Latencies, milliseconds, in bins that grow by the same factor, without gaps. */
  readonly histogram: readonly HistogramBin[];
}

/** By what endpoints are ordered, the highest first; by Apdex the lowest, by their names the first of the alphabet. */
export const ENDPOINT_ORDERS = [
  'requests',
  'errors',
  'error_rate',
  'client_errors',
  'p50',
  'p95',
  'p99',
  'apdex',
  'endpoint',
] as const;

/** By what endpoints are ordered. */
export type EndpointOrder = (typeof ENDPOINT_ORDERS)[number];

/** The busiest, worst or slowest endpoints. */
export interface EndpointsQuery extends AnalyticsFilter {
  readonly order: EndpointOrder;
  /** A part of the endpoint's name, in any case; shares stay those of all requests. */
  readonly search?: string | undefined;
  /** Of Apdex, milliseconds, but for endpoints that have their own; by default `DEFAULT_THRESHOLD`. */
  readonly thresholdMillis?: number | undefined;
  readonly ownThresholds?: readonly EndpointThreshold[] | undefined;
  readonly limit: number;
}

/** Parts into which a sparkline cuts its range. */
export const SPARKLINE_PARTS = 30;

/** Parts of a sparkline begin where its range says; only in long ranges may an hour more or less not show. */
export function hasCoarseSparkline({ since, until }: TimeRange): boolean {
  return until - since > 7 * DAY_MILLIS;
}

/** Figures of one endpoint of an application. Of what `isBucket` names, all methods are one endpoint, and the method is empty. */
export interface EndpointFigures extends EndpointKey {
  readonly clientId: string;
  readonly requests: number;
  readonly errors: number;
  /** Requests with a status from 400 to 499. */
  readonly clientErrors: number;
  /** Share of all requests that match the query, 0 to 1. */
  readonly share: number;
  readonly latency: Percentiles;
  /** How many requests are fast enough, 0 to 1; `null` without a latency. Never estimated. */
  readonly apdex: number | null;
  /** Requests in each of {@link SPARKLINE_PARTS} equal parts of the range. */
  readonly sparkline: readonly number[];
}

/** Answer to an {@link EndpointsQuery}. */
export interface EndpointList {
  readonly estimated: boolean;
  readonly endpoints: readonly EndpointFigures[];
  /** Endpoints that match, listed or not. */
  readonly total: number;
}

/** The clients with the most requests. */
export interface ClientsQuery extends AnalyticsFilter {
  /** How their pseudonyms begin: 1 to 64 hex digits, in lower case. */
  readonly prefix?: string | undefined;
  readonly limit: number;
}

/** Figures of one pseudonymous client. */
export interface ClientFigures {
  readonly sourceIp: string;
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
}

/**
 * The questions of a page that shows requests. Each answer comes from one state of the database. A store answers
 * ranges of up to a day and 50,000 events exactly; for others it may estimate what {@link Overview.estimated} names.
 */
export interface Analytics {
  readonly overview: (query: OverviewQuery) => Promise<Overview>;
  /** A part of it that is asked for often, as by rules of alerts. */
  readonly totals: (filter: AnalyticsFilter) => Promise<RequestTotals>;
  readonly endpoints: (query: EndpointsQuery) => Promise<EndpointList>;
  readonly errors: (query: ErrorsQuery) => Promise<ErrorList>;
  readonly latencies: (query: LatenciesQuery) => Promise<LatencyCells>;
  /** The busiest first. */
  readonly clients: (query: ClientsQuery) => Promise<readonly ClientFigures[]>;
  readonly consumers: (query: ConsumersQuery) => Promise<ConsumerList>;
  readonly metrics: (query: MetricsQuery) => Promise<MetricList>;
  readonly metric: (query: MetricQuestion) => Promise<MetricDetail>;
  readonly values: (query: ValuesQuery) => Promise<ValueList>;
  /** The newest first. */
  readonly releases: (query: ReleasesQuery) => Promise<readonly NewRelease[]>;
  /** Producers that are not forgotten. */
  readonly producers: (query: SourceQuery) => Promise<Listed<ProducerRow>>;
  /** Their client ids. */
  readonly applications: (query: SourceQuery) => Promise<Listed<ApplicationRow>>;
}
