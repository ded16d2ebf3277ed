import type { AnalyticsFilter } from './analytics.ts';
import { ENDPOINT_NAME, filteredByEndpoint, instantSql, IS_ERROR } from './duckdb-conditions.ts';
import type { ReadRows } from './duckdb-read-connection.ts';

/** What is read of the aggregates, and what of single events. */
export interface RollupRange {
  /** The periods of a table that lie in the range whole. */
  readonly aggregated: (table: string) => string;
  /** Events that no such period holds: at both ends of the range, and those that are not aggregated yet. */
  readonly events: string;
}

/**
 * Cuts a filter's range for periods of one length, and puts the single events into a temporary table: a question reads
 * them several times.
 *
 * @param period - length of the periods, milliseconds
 * @param rolledUpTo - highest id of an event that is aggregated
 */
export async function cutRange(
  rows: ReadRows,
  period: number,
  filter: AnalyticsFilter,
  rolledUpTo: number,
): Promise<RollupRange> {
  const { aggregated, events } = rollupRange(period, filter, rolledUpTo);
  const name = `events_${period}_${filter.since}`;
  await rows(filteredByEndpoint(filter).query(`CREATE OR REPLACE TEMP TABLE ${name} AS FROM ${events}`));
  return { aggregated, events: name };
}

function rollupRange(period: number, filter: AnalyticsFilter, rolledUpTo: number): RollupRange {
  const from = Math.ceil(filter.since / period) * period;
  const to = Math.max(from, Math.floor(filter.until / period) * period);
  const onKeys = [
    filter.clientId === undefined ? '' : 'AND client_id = $client_id',
    filter.endpoint === undefined ? '' : 'AND method = $method AND endpoint = $endpoint',
  ].join(' ');
  const onEvents = onKeys.replace('endpoint = $endpoint', `${ENDPOINT_NAME} = $endpoint`);
  // All numbers are the server's own or checked to be numbers; as constants they let DuckDB skip row groups.
  const events = (since: number, until: number, more = ''): string =>
    `SELECT event_time, source_ip, method, ${ENDPOINT_NAME} AS endpoint_name, status_code, outcome, latency_ms, custom_data,
            ${IS_ERROR} AS is_error
     FROM events
     WHERE event_time >= ${instantSql(since)} AND event_time < ${instantSql(until)} ${more} ${onEvents}`;
  const end = Math.min(from, filter.until);
  const parts = [
    events(filter.since, end),
    events(Math.max(end, to), filter.until),
    events(from, to, `AND id > ${rolledUpTo}`),
  ];
  return {
    aggregated: (table) =>
      `(FROM ${table} WHERE start >= ${instantSql(from)} AND start < ${instantSql(to)} ${onKeys})`,
    events: `(${parts.join(' UNION ALL ')})`,
  };
}
