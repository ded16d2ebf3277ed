import { isOfAllEndpoints, isToldByEndpoints, type EventFilter } from '../../filter/event-filter.ts';
import { earlierFilter, type ConsumerKind, type ConsumersQuery } from '../../questions/consumer-list.ts';
import { UNPACKED_LATENCIES } from '../aggregates/consumer-family.ts';
import { latencyBucketSql, latencyValueSql, quantilesSql } from '../aggregates/log-bucket-sql.ts';
import {
  DAY_CONSUMER_TOTALS,
  DAY_CONSUMERS,
  HOUR_CONSUMER_TOTALS,
  type AggregateTable,
} from '../aggregates/tables.ts';
import { ENDPOINT_DIGITS, IS_ERROR } from '../engine/conditions.ts';
import type { AnalyticsFilter } from '../../questions/analytics.ts';
import { IN_DAYS } from './filter.ts';
import { rollupRange, type RollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

const COLUMNS: Readonly<Record<ConsumerKind, string>> = {
  consumer: 'consumer',
  group: 'consumer_group',
  client: `encode(source_ip, 'hex')`,
};

const ARRAYS: Readonly<Record<ConsumerKind, string | undefined>> = {
  consumer: 'consumers',
  group: 'consumer_groups',
  client: undefined,
};

/**
 * Whom requests are for, as SQL in parentheses, for statements that bind the conditions of its range. Where that is nobody, `value` is
 * NULL.
 */
export interface ConsumerSource {
  /** Percentiles are estimates. */
  readonly estimated: boolean;
  readonly range: RollupRange;
  /** Columns `value`, `label`, `requests`, `errors`, `first_seen` and `last_seen` (milliseconds). */
  readonly figures: string;
  /** Columns `value`, `label`, `name` (that of the group), and `last`, which is the greatest for what was said last. */
  readonly names: string;
  /** Columns `value` and `endpoint`, which stands for one, of those that a condition on `value` leaves. */
  readonly endpoints: (condition: string) => string;
  /** Columns `value` and `p95`, one row for each that has one, likewise. */
  readonly latencies: (condition: string) => string;
}

/** Tables of consumers that a filter is answered from, those of the longest periods first: hours do not tell endpoints apart. */
export function consumerTables(filter: EventFilter): readonly AggregateTable[] {
  return isOfAllEndpoints(filter) ? [DAY_CONSUMER_TOTALS, HOUR_CONSUMER_TOTALS] : [DAY_CONSUMERS];
}

function consumerRange(
  filter: AnalyticsFilter,
  state: StoredState,
  tables: readonly AggregateTable[],
): RollupRange {
  const periods = tables.map(({ periodMillis }) => periodMillis);
  return rollupRange(filter, state, periods, [], { isTold: isToldByEndpoints(filter), from: state.toldFrom });
}

/** Long ranges are read from the aggregates, those of single clients always from events: aggregates do not tell enough of these. */
export function consumerSource(query: ConsumersQuery, state: StoredState): ConsumerSource {
  const array = ARRAYS[query.by];
  const isAggregated = array !== undefined && state.isLarge;
  const tables = isAggregated ? consumerTables(query) : [];
  const range = consumerRange(query, state, tables);
  const value = `${COLUMNS[query.by]} AS value`;
  const read = (ofRow: string, ofEvent: string): string => {
    const rows = tables.map((table) => range.aggregated(table, `unnest(${array}) AS value, ${ofRow}`));
    return `(${[...rows, range.events(`${value}, ${ofEvent}`)].join(' UNION ALL ')})`;
  };
  const estimated = isAggregated && isToldByEndpoints(query);
  return {
    estimated,
    range,
    figures: read(
      `unnest(consumer_labels) AS label, unnest(consumer_requests) AS requests, unnest(consumer_errors) AS errors,
       unnest(first_seen) AS first_seen, unnest(last_seen) AS last_seen`,
      `consumer_label AS label, 1 AS requests, (${IS_ERROR})::int AS errors, event_time AS first_seen, event_time AS last_seen`,
    ),
    names: `(
      SELECT value, label, name, ARRAY[seen, id] AS last
      FROM ${read(
        `unnest(consumer_labels) AS label, unnest(consumer_groups) AS name, unnest(last_seen) AS seen, unnest(last_ids) AS id`,
        'consumer_label AS label, consumer_group AS name, event_time AS seen, id',
      )} AS named)`,
    endpoints: (condition) => {
      const texts = read('unnest(endpoints) AS endpoints', `${ENDPOINT_DIGITS} AS endpoints`);
      return `(
        SELECT value, endpoint FROM ${texts} AS t, unnest(string_to_array(endpoints, ',')) AS e(endpoint) WHERE ${condition})`;
    },
    latencies: (condition) => {
      if (!estimated)
        return `(
          SELECT value, percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
          FROM ${range.events(`${value}, latency_ms`)} AS e WHERE ${condition} GROUP BY value)`;
      const rows = tables.map((table) =>
        range.aggregated(table, `unnest(${array}) AS value, unnest(latencies) AS latencies`),
      );
      const counted = `(
        SELECT value, bucket, sum(count::float8)::bigint AS count
        FROM (
          SELECT value, bucket, count FROM (${rows.join(' UNION ALL ')}) AS l, ${UNPACKED_LATENCIES} WHERE ${condition}
          UNION ALL
          SELECT value, bucket, 1 FROM ${range.events(`${value}, ${latencyBucketSql('latency_ms')} AS bucket`)} AS e
          WHERE bucket IS NOT NULL AND ${condition}) AS each
        GROUP BY value, bucket)`;
      return `(
        SELECT value, quantiles[1] AS p95 FROM ${quantilesSql(counted, ['value'], [0.95], latencyValueSql)} AS estimated)`;
    },
  };
}

/** Column `value`: who asked in the range of equal length before. */
export function earlierSql(query: ConsumersQuery, state: StoredState): string {
  const array = ARRAYS[query.by];
  const earlier = earlierFilter(query);
  const tables = array === undefined ? [] : consumerTables(earlier);
  const range = consumerRange(earlier, state, tables);
  const rows = tables.map((table) => range.aggregated(table, `unnest(${array}) AS value`));
  const relation = [...rows, range.events(`${COLUMNS[query.by]} AS value`)].join(' UNION ALL ');
  return `(${inEarlierDays(relation)})`;
}

/** SQL for what is read of the range before, in a statement about the range: it binds `$earlier_days` in the place of `$days`. */
export function inEarlierDays(sql: string): string {
  return sql.replaceAll(IN_DAYS, IN_DAYS.replace('$', '$earlier_'));
}
