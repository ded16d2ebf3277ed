import type { EventOrder, EventPosition } from './event-order.ts';
import type { EventFilter } from '../filter/event-filter.ts';

/** A page of events. */
export interface EventQuery extends EventFilter {
  readonly limit: number;
  /** The one with this id. */
  readonly id?: number | undefined;
  /** 16 hex digits, in lower case. */
  readonly spanId?: string | undefined;
  /** By default the newest first. */
  readonly order?: EventOrder | undefined;
  /** Only events that come after this place. */
  readonly after?: EventPosition | undefined;
}

/** Figures over events. */
export interface SummaryQuery extends EventFilter {
  /** Width of a bucket in milliseconds; chosen from the span of the data when absent. */
  readonly bucketMillis?: number | undefined;
}

/** `null` where no event has a latency. Milliseconds. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Requests that started in one interval. */
export interface SummaryBucket {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly requests: number;
  readonly errors: number;
}

/** Requests to one endpoint: its route where there is one, else its path. */
export interface SummaryEndpoint {
  readonly method: string;
  readonly endpoint: string;
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds. */
  readonly p95: number | null;
}

/** Answer to a {@link SummaryQuery}. */
export interface Summary {
  readonly requests: number;
  readonly errors: number;
  /** Distinct client addresses. */
  readonly clients: number;
  readonly latency: Percentiles;
  readonly bucketMillis: number;
  /** In order of time, at most one more than {@link MAX_SUMMARY_BUCKETS}; intervals without a request are left out. */
  readonly buckets: readonly SummaryBucket[];
  /** The busiest first, at most {@link MAX_SUMMARY_ENDPOINTS}. */
  readonly endpoints: readonly SummaryEndpoint[];
}

/** Most buckets in one summary. One more tells that there are more, which may be millions. */
export const MAX_SUMMARY_BUCKETS = 10_000;

/** Most endpoints in one summary. */
export const MAX_SUMMARY_ENDPOINTS = 1000;
