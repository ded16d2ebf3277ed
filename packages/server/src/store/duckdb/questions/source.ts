import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import { latencyBucketSql } from '../aggregates/log-bucket-sql.ts';
import { ENDPOINT_NAME, type BoundQuery, type Conditions } from '../engine/conditions.ts';
import { distinctClients } from './client-source.ts';
import { filtered } from './filter.ts';
import type { RolledUp } from './rollup-range.ts';

/** Relations, as SQL in parentheses, that hold what matches a filter; the questions of the page are put to them. */
export interface FactSource {
  /** Latencies and clients are estimates. */
  readonly estimated: boolean;
  /** Columns `ms` (milliseconds), `client_id`, `method`, `path`, `status_code`, `outcome` and `requests`. */
  readonly counts: string;
  /**
   * One row per combination of keys, which are expressions over `ms`, `client_id`, `method` and `path`: `latency`, percentiles, and what
   * else is asked for, aggregates over `bucket`, `count` and the columns of what is `joined` by the keys.
   */
  readonly latencies: (
    keys: Readonly<Record<string, string>>,
    also?: readonly string[],
    joined?: string,
  ) => string;
  /** Columns `ms`, `bucket` and `count`, of requests that have a latency. */
  readonly buckets: string;
  /** Columns `ms`, `client_id`, `method`, `path`, `bucket` and `count`, where latencies are estimated from counts of buckets. */
  readonly counted?: string;
  /** Columns `bucket` and `requests`, one row per bucket of latencies. */
  readonly histogram: string;
  /** One row with the column `clients`. */
  readonly clients: string;
  /** Values of the filter and those that a statement adds. */
  readonly conditions: () => Conditions;
}

/** Reads single events, but for clients: exact, and as slow as there are events in the range. */
export function exactSource(filter: AnalyticsFilter, rolledUp: RolledUp): FactSource {
  const conditions = (): Conditions => filtered(filter);
  const { where } = conditions();
  return {
    estimated: false,
    counts: `(
      SELECT epoch_ms(event_time) AS ms, client_id, method, ${ENDPOINT_NAME} AS path, status_code, outcome, 1 AS requests
      FROM events ${where})`,
    latencies: (keys, also = [], joined = '') => `(
      SELECT ${[...Object.keys(keys), 'quantile_cont(latency_ms, [0.5, 0.95, 0.99]) AS latency', ...also].join(', ')}
      FROM (
        SELECT ${selectKeys(keys)} latency_ms, bucket, count
        FROM (
          SELECT epoch_ms(event_time) AS ms, client_id, method, ${ENDPOINT_NAME} AS path, latency_ms,
                 ${latencyBucketSql('latency_ms')} AS bucket, 1 AS count
          FROM events ${where} AND latency_ms IS NOT NULL))
      ${joined} ${groupBy(keys)})`,
    buckets: `(
      SELECT epoch_ms(event_time) AS ms, ${latencyBucketSql('latency_ms')} AS bucket, 1 AS count
      FROM events ${where} AND latency_ms IS NOT NULL)`,
    histogram: `(
      SELECT ${latencyBucketSql('latency_ms')} AS bucket, count(*) AS requests
      FROM events ${where} AND latency_ms IS NOT NULL GROUP BY bucket)`,
    clients: distinctClients(filter, rolledUp),
    conditions,
  };
}

/** `expression AS name,` for each key. */
export function selectKeys(keys: Readonly<Record<string, string>>): string {
  return Object.entries(keys)
    .map(([name, expression]) => `${expression} AS ${name},`)
    .join(' ');
}

/** The clause for keys that were selected first, by their places, for a column may have the name of one; none without keys: one group of all. */
export function groupBy(keys: Readonly<Record<string, string>>): string {
  const places = Object.keys(keys).map((_, index) => index + 1);
  return places.length === 0 ? '' : `GROUP BY ${places.join(', ')}`;
}

/** A statement over a source. */
export function queryOf(
  source: FactSource,
  sql: string,
  values: Readonly<Record<string, number>> = {},
): BoundQuery {
  const conditions = source.conditions();
  for (const [name, value] of Object.entries(values)) conditions.number(name, value);
  return conditions.query(sql);
}
