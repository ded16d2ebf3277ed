import { isToldByEndpoints, isToldByKeys, type EventFilter } from '../filter/event-filter.ts';

/** What requests have values of, by the names of the filter. */
export const DIMENSIONS = [
  'client_id',
  'method',
  'endpoint',
  'path',
  'status',
  'outcome',
  'error_type',
  'source_ip',
  'user_id',
  'session_id',
  'synthetic',
  'release',
  'environment',
  'consumer',
  'consumer_group',
] as const;

/** What requests have values of. */
export type Dimension = (typeof DIMENSIONS)[number];

/** Those of which aggregates have an empty text where events do not say them. */
export const ORIGIN_DIMENSIONS: ReadonlySet<Dimension> = new Set(['synthetic', 'release', 'environment']);

/** Which values there are of one, in a range. */
export interface ValuesQuery extends EventFilter {
  readonly since: number;
  readonly until: number;
  readonly of: Dimension;
  /** A part of the value, in any case. */
  readonly search?: string | undefined;
  readonly limit: number;
  /**
   * Where not all stores have aggregates that tell: the latest hours of the range that have so many requests, of all applications, are
   * enough. Without it, the whole range is meant.
   */
  readonly latestRequests?: number | undefined;
}

/** A value, as the filter takes it, and how many requests have it. */
export interface ValueCount {
  readonly value: string;
  readonly requests: number;
}

/** Answer to a {@link ValuesQuery}. */
export interface ValueList {
  /** From when on requests are counted, milliseconds since the epoch: the begin of the range, or of its latest part. */
  readonly since: number;
  /** Those with the most requests first, then in their order; requests without one are left out. */
  readonly values: readonly ValueCount[];
}

/** About as many different ones as there are requests: no store has aggregates of them. */
const OF_EVENTS: ReadonlySet<Dimension> = new Set(['path', 'source_ip', 'user_id', 'session_id']);
/** Aggregates of these are not kept by release, environment and synthetic type in all stores. */
const OF_ENDPOINTS: ReadonlySet<Dimension> = new Set(['error_type', 'consumer', 'consumer_group']);

/** Whether the aggregates of all stores tell which values there are. */
export function areValuesTold(query: ValuesQuery): boolean {
  if (OF_EVENTS.has(query.of)) return false;
  return OF_ENDPOINTS.has(query.of) ? isToldByEndpoints(query) : isToldByKeys(query);
}
