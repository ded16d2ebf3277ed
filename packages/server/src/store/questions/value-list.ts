import type { EventFilter } from '../filter/event-filter.ts';

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
  /** A part of the value; letters of ASCII in any case. */
  readonly search?: string | undefined;
  readonly limit: number;
}

/** A value, as the filter takes it, and how many requests have it. */
export interface ValueCount {
  readonly value: string;
  readonly requests: number;
}
