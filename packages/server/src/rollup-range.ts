import type { AnalyticsFilter } from './analytics.ts';
import { ENDPOINT_NAME, IS_ERROR } from './duckdb-conditions.ts';

/** What is read of the aggregates, and what of single events. */
export interface RollupRange {
  /** The periods that lie in the range whole. */
  readonly aggregated: string;
  /** Events that no such period holds: at both ends of the range, and those that are not aggregated yet. */
  readonly events: string;
}

/**
 * Cuts a filter's range for periods of one length.
 *
 * @param table - name of a table of aggregates
 * @param period - length of its periods, milliseconds
 * @param rolledUpTo - highest id of an event that is aggregated
 */
export function rollupRange(
  table: string,
  period: number,
  filter: AnalyticsFilter,
  rolledUpTo: number,
): RollupRange {
  const from = Math.ceil(filter.since / period) * period;
  const to = Math.max(from, Math.floor(filter.until / period) * period);
  const onKeys = [
    filter.clientId === undefined ? '' : 'AND client_id = $client_id',
    filter.endpoint === undefined ? '' : 'AND method = $method AND endpoint = $endpoint',
  ].join(' ');
  const onEvents = onKeys.replace('endpoint = $endpoint', `${ENDPOINT_NAME} = $endpoint`);
  // All numbers are the server's own or checked to be numbers; as constants they let DuckDB skip row groups.
  const time = (millis: number): string => `make_timestamp_ms(${millis})`;
  const events = (since: number, until: number, more = ''): string =>
    `SELECT *, ${ENDPOINT_NAME} AS endpoint_name, ${IS_ERROR} AS is_error FROM events
     WHERE event_time >= ${time(since)} AND event_time < ${time(until)} ${more} ${onEvents}`;
  const end = Math.min(from, filter.until);
  const parts = [
    events(filter.since, end),
    events(Math.max(end, to), filter.until),
    events(from, to, `AND id > ${rolledUpTo}`),
  ];
  return {
    aggregated: `(FROM ${table} WHERE start >= ${time(from)} AND start < ${time(to)} ${onKeys})`,
    events: `(${parts.join(' UNION ALL ')})`,
  };
}
