import type { AnalyticsFilter, EndpointKey } from './analytics-filter.ts';
import type { HistogramBin } from './histogram-bin.ts';

/** The types of custom metrics that are told apart. */
export const METRIC_TYPES = ['number', 'boolean', 'string', 'list'] as const;

/** A type of a custom metric. */
export type MetricType = (typeof METRIC_TYPES)[number];

/** How often a custom metric was sent, and as what. */
interface MetricUse {
  readonly name: string;
  readonly types: Readonly<Record<MetricType, number>>;
  /** Events that have the metric with a value other than null. */
  readonly events: number;
}

/** Which custom metrics are meant. */
export interface MetricsQuery extends AnalyticsFilter {
  /** A part of the name, in any case. */
  readonly search?: string | undefined;
  readonly limit: number;
}

/** Answer to the question which custom metrics there are. */
export interface MetricList {
  readonly estimated: boolean;
  /** The most frequent first. */
  readonly metrics: readonly MetricUse[];
  /** Metrics that match, listed or not. */
  readonly total: number;
  /** Events of the range, with or without metrics. */
  readonly events: number;
}

/** Everything about one custom metric. */
export interface MetricQuestion extends AnalyticsFilter {
  readonly name: string;
  /** Width of a bucket, milliseconds; by default what `metricBucket` chooses. */
  readonly bucketMillis?: number | undefined;
  /** Adds figures per endpoint. */
  readonly byEndpoint: boolean;
}

/** The same, with buckets of a known width. */
export interface MetricQuery extends MetricQuestion {
  readonly bucketMillis: number;
}

/** A value of a metric that is a boolean or a text. */
export interface MetricShare {
  readonly value: boolean | string;
  readonly count: number;
}

/** Most values and endpoints that are listed for a metric. */
export const MAX_SHARES = 20;

/** Most endpoints that are listed for a metric. */
export const MAX_METRIC_ENDPOINTS = 100;

/** Numeric values of a metric in one bucket. */
export interface MetricPoint {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly count: number;
  readonly mean: number | null;
  readonly p95: number | null;
}

/** Numeric values of a metric. */
export interface MetricNumbers {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  /** Every bucket of the range, in order of time. */
  readonly series: readonly MetricPoint[];
  /** Bins of equal width. */
  readonly histogram: readonly HistogramBin[];
}

/** A metric at one endpoint. */
export interface MetricGroup extends EndpointKey {
  /** Events that have the metric. */
  readonly events: number;
  readonly mean: number | null;
  readonly p95: number | null;
  /** The most frequent boolean or text. */
  readonly top: MetricShare | null;
}

/** Answer to a {@link MetricQuery}. */
export interface MetricDetail {
  readonly estimated: boolean;
  /** Width of a bucket of the series, milliseconds. */
  readonly bucketMillis: number;
  /** Events that have the metric. */
  readonly events: number;
  /** Events of the range, with or without it. */
  readonly allEvents: number;
  /** `null` where it never was a number. */
  readonly numbers: MetricNumbers | null;
  /** The most frequent booleans and texts. */
  readonly shares: readonly MetricShare[];
  /** How often it was a boolean or a text that is not listed. */
  readonly others: number;
  /** Where it was asked for; the endpoints with the most events first. */
  readonly groups: readonly MetricGroup[] | undefined;
}
