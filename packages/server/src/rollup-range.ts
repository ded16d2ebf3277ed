import type { AnalyticsFilter, TimeRange } from './analytics.ts';
import { ENDPOINT_NAME, instantSql } from './duckdb-conditions.ts';
import { rangeParts } from './range-parts.ts';

/** How far the aggregates go. */
export interface RolledUp {
  /** Highest id of an event that they hold; they hold all below it. */
  readonly upTo: number;
  /** They hold no event of this instant, milliseconds, or a later one. */
  readonly before: number;
}

/** What is read of the aggregates, and what of single events: SQL in parentheses, for statements that bind the filter. */
export interface RollupRange {
  /** The rows of a table whose periods, of this length, lie in the range whole, and in no longer ones that are read. */
  readonly aggregated: (table: string, period: number) => string;
  /** Columns of the events that no such row counts: at both ends of the range, and those that are not aggregated yet. */
  readonly events: (columns: string) => string;
}

/**
 * Cuts a filter's range into what aggregates hold and what only single events tell. Where nothing is aggregated behind
 * the range's end, as in one that ends now, the periods that have just begun are read as if they were over.
 *
 * @param periods - lengths of the periods that are read, milliseconds, the longest first
 */
export function rollupRange(
  filter: AnalyticsFilter,
  rolledUp: RolledUp,
  periods: readonly number[],
): RollupRange {
  const { whole, aggregated, rest } = rangeParts(filter, periods, filter.until >= rolledUp.before);
  const ofClient = filter.clientId === undefined ? '' : 'AND client_id = $client_id';
  const ofEndpoint = (name: string): string =>
    filter.endpoint === undefined ? '' : `AND method = $method AND ${name} = $endpoint`;
  return {
    aggregated: (table, period) => {
      const keys = `${ofClient} ${ofEndpoint('endpoint')}`;
      return all(
        (whole.get(period) ?? []).map((each) => `FROM ${table} WHERE ${within('start', each)} ${keys}`),
        table,
      );
    },
    events: (columns) => {
      const select = (range: TimeRange, more = ''): string =>
        `SELECT ${columns} FROM events
         WHERE ${within('event_time', range)} ${more} ${ofClient} ${ofEndpoint(ENDPOINT_NAME)}`;
      return all([...rest.map((each) => select(each)), select(aggregated, `AND id > ${rolledUp.upTo}`)]);
    },
  };
}

/** One scan for each, for DuckDB skips row groups by a condition that has no OR. */
function all(parts: readonly string[], empty = ''): string {
  return parts.length === 0 ? `(FROM ${empty} WHERE false)` : `(${parts.join(' UNION ALL ')})`;
}

function within(column: string, { since, until }: TimeRange): string {
  return `${column} >= ${instantSql(since)} AND ${column} < ${instantSql(until)}`;
}
