import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import type { TimeRange } from '../../questions/analytics-filter.ts';
import { number, text } from '../../rows/values.ts';
import { valueListOf, type HourCount } from '../../questions/latest-values.ts';
import type { Dimension, ValueCount, ValueList, ValuesQuery } from '../../questions/value-list.ts';
import { ENDPOINT_NAME } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { filtered } from './filter.ts';
import { rollupRange, type RolledUp } from './rollup-range.ts';
import { bindSearch, foundSql } from './search.ts';

const OF_EVENT: Readonly<Record<Dimension, string>> = {
  client_id: 'client_id',
  method: 'method',
  endpoint: ENDPOINT_NAME,
  path: 'endpoint',
  status: 'status_code::VARCHAR',
  outcome: 'outcome',
  error_type: 'error_type',
  source_ip: 'source_ip',
  user_id: 'user_id',
  session_id: 'session_id',
  synthetic: 'user_agent_synthetic_type',
  release: 'service_version',
  environment: 'deployment_environment',
  consumer: 'consumer',
  consumer_group: 'consumer_group',
};

/** A table of aggregates that tells how many requests have which value. */
interface Counted {
  readonly table: string;
  readonly period: number;
  readonly value: string;
}

const OF_HOURS = { table: 'hour_requests', period: HOUR_MILLIS } as const;
const OF_CONSUMERS = { table: 'day_consumers', period: DAY_MILLIS } as const;

const AGGREGATED: Readonly<Partial<Record<Dimension, Counted>>> = {
  client_id: { ...OF_HOURS, value: 'client_id' },
  method: { ...OF_HOURS, value: 'method' },
  endpoint: { ...OF_HOURS, value: 'endpoint' },
  release: { ...OF_HOURS, value: `nullif(release, '')` },
  environment: { ...OF_HOURS, value: `nullif(environment, '')` },
  synthetic: { ...OF_HOURS, value: `nullif(synthetic, '')` },
  status: { ...OF_HOURS, value: 'nullif(status_code, -1)::VARCHAR' },
  outcome: { ...OF_HOURS, value: `nullif(outcome, '')` },
  error_type: { table: 'hour_errors', period: HOUR_MILLIS, value: 'error_type' },
  consumer: { ...OF_CONSUMERS, value: 'consumer' },
  consumer_group: { ...OF_CONSUMERS, value: 'consumer_group' },
};

/** Answers a {@link ValuesQuery}. */
export function valuesOf(rows: ReadRows, query: ValuesQuery, rolledUp: RolledUp): Promise<ValueList> {
  return valueListOf(query, {
    hours: (asked) => hoursOf(rows, asked, rolledUp),
    values: (asked) => countsOf(rows, asked, rolledUp),
  });
}

async function hoursOf(
  rows: ReadRows,
  { since, until }: TimeRange,
  rolledUp: RolledUp,
): Promise<readonly HourCount[]> {
  const all = { since, until };
  const range = rollupRange(all, rolledUp, [HOUR_MILLIS]);
  const found = await rows(
    filtered(all).query(`
      SELECT epoch_ms(start) AS start, sum(requests)::BIGINT AS requests
      FROM (
        SELECT start, requests FROM ${range.aggregated('hour_requests', HOUR_MILLIS)}
        UNION ALL SELECT date_trunc('hour', event_time)::TIMESTAMP_MS, 1 FROM ${range.events('event_time')})
      GROUP BY start`),
  );
  return found.map((row) => ({ start: number(row['start']), requests: number(row['requests']) }));
}

async function countsOf(
  rows: ReadRows,
  query: ValuesQuery,
  rolledUp: RolledUp,
): Promise<readonly ValueCount[]> {
  const { of, search, limit } = query;
  const counted = AGGREGATED[of];
  const range = rollupRange(query, rolledUp, counted === undefined ? [] : [counted.period]);
  const parts = [
    ...(counted === undefined
      ? []
      : [
          `SELECT ${counted.value} AS value, requests FROM ${range.aggregated(counted.table, counted.period)}`,
        ]),
    `FROM ${range.events(`${OF_EVENT[of]} AS value, 1 AS requests`)}`,
  ];
  const found = await rows(
    bindSearch(filtered(query), 'search', search)
      .number('limit', limit)
      .query(
        `SELECT value, sum(requests)::BIGINT AS requests FROM (${parts.join(' UNION ALL ')})
         WHERE value IS NOT NULL AND ${foundSql('value', 'search', search)} GROUP BY value ORDER BY requests DESC, value LIMIT $limit`,
      ),
  );
  return found.map((row) => ({ value: text(row['value']), requests: number(row['requests']) }));
}
