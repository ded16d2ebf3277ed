import { isOfAllEndpoints, isToldByEndpoints, type EventFilter } from '../../../filter/event-filter.ts';
import {
  earlierFilter,
  isMeasure,
  measuresBeside,
  type ConsumerKind,
  type ConsumerMeasure,
  type ConsumerOrder,
  type ConsumersQuery,
} from '../../../questions/consumer-list.ts';
import { latencyBucketSql } from '../../aggregates/log-bucket-sql.ts';
import { countedSql } from '../../aggregates/packed-counts.ts';
import {
  DAY_CONSUMER_TOTALS,
  DAY_CONSUMERS,
  HOUR_CONSUMER_TOTALS,
  type AggregateTable,
} from '../../aggregates/tables.ts';
import { ENDPOINT_DIGITS, ENDPOINT_NAME, IS_ERROR } from '../../engine/conditions.ts';
import { maybe } from '../../../rows/values.ts';
import type { AnalyticsFilter } from '../../../questions/analytics-filter.ts';
import { IN_DAYS } from '../filter.ts';
import { rollupRange, type RollupRange } from '../rollup-range.ts';
import type { StoredState } from '../stored-state.ts';
import { measureFrom, type TakenApart } from './consumer-measures.ts';

const COLUMNS: Readonly<Record<ConsumerKind, string>> = {
  consumer: 'consumer',
  group: 'consumer_group',
  client: `encode(source_ip, 'hex')`,
};

/** Whom requests are for, as SQL in parentheses, for statements that bind the conditions of its range. Where that is nobody, `value` is NULL. */
export interface ConsumerSource {
  /** Percentiles are estimates. */
  readonly estimated: boolean;
  readonly range: RollupRange;
  /** Columns `value`, `label`, `requests`, `errors`, `first_seen` and `last_seen` (milliseconds). */
  readonly figures: string;
  /** What an order compares that is no sum of figures: an aggregate over them, or what to take apart. */
  readonly measure: (order: ConsumerOrder) => { readonly inline?: string; readonly taken?: TakenApart };
  /** Columns `value`, `p95`, `endpoints`, `label` and `consumer_group` of those that a condition on `value` leaves, without what the order compares. */
  readonly details: (condition: string, order: ConsumerOrder) => string;
  /** A measure, from what is in its column of the details. */
  readonly measureFrom: (name: ConsumerMeasure, cell: unknown) => number | null;
}

/** The greatest text that begins with a time and an id, without these. */
function latestSql(column: string, seen: string, id: string): string {
  return `substr(max((lpad(${seen}::text, 16, '0') || lpad(${id}::text, 16, '0') || ${column}) COLLATE "C"), 33)`;
}

/** What was said last. */
function namesSql(by: ConsumerKind): string {
  return by === 'consumer'
    ? `${latestSql('label', 'last_seen', 'last_id')} AS label, ${latestSql('name', 'last_seen', 'last_id')} AS consumer_group`
    : 'NULL AS label, NULL AS consumer_group';
}

const NAMES_OF_EVENT =
  'consumer_label AS label, consumer_group AS name, event_time AS last_seen, id AS last_id';
const OF_EVENT = `${NAMES_OF_EVENT}, 1 AS requests, (${IS_ERROR})::int AS errors, event_time AS first_seen`;
const MEASURES_OF_EVENT: Readonly<Record<ConsumerMeasure, string>> = {
  p95: `${latencyBucketSql('latency_ms')} AS bucket`,
  endpoints: `${ENDPOINT_DIGITS} AS digits`,
};
const MEASURES_OF_ROW: Readonly<Record<ConsumerMeasure, string>> = {
  p95: 'unnest(latencies) AS latencies',
  endpoints: 'unnest(endpoints) AS endpoints',
};
const NAMES_OF_ROW = `unnest(consumer_labels) AS label, unnest(consumer_groups) AS name, unnest(last_seen) AS last_seen,
  unnest(last_ids) AS last_id`;
const OF_ROW = `${NAMES_OF_ROW}, unnest(consumer_requests) AS requests, unnest(consumer_errors) AS errors,
  unnest(first_seen) AS first_seen`;

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
  return rollupRange(filter, state, periods, [], {
    isTold: isToldByEndpoints(filter),
    from: state.laterFrom,
  });
}

/** Columns of the rows of aggregates behind `value` and `owner`, which is NULL. Groups have elements of their own, which no consumer owns. */
function rowsSql(
  by: 'consumer' | 'group',
  range: RollupRange,
  table: AggregateTable,
  columns: string,
): string {
  if (by === 'consumer')
    return range.aggregated(table, `unnest(consumers) AS value, NULL::text AS owner, ${columns}`);
  const all = range.aggregated(
    table,
    `unnest(consumer_groups) AS value, unnest(consumers) AS owner, ${columns}`,
  );
  return `SELECT * FROM ${all} AS r WHERE owner IS NULL`;
}

/** Long ranges are read from the aggregates, those of single clients from events: aggregates do not tell enough of these. */
export function consumerSource(query: ConsumersQuery, state: StoredState): ConsumerSource {
  const { by } = query;
  return by !== 'client' && state.isLarge && isToldByEndpoints(query)
    ? aggregatedSource(query, state, by)
    : exactSource(query, state);
}

function exactSource(query: ConsumersQuery, state: StoredState): ConsumerSource {
  const range = consumerRange(query, state, []);
  const events = range.events(
    `${COLUMNS[query.by]} AS value, ${OF_EVENT}, method, ${ENDPOINT_NAME} AS path, latency_ms`,
  );
  const measures = {
    p95: 'percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms)',
    endpoints: 'count(DISTINCT (method, path))',
  };
  return {
    estimated: false,
    range,
    figures: events,
    measure: (order) => (isMeasure(order) ? { inline: measures[order] } : {}),
    measureFrom: (_, cell) => maybe(cell),
    details: (condition, order) => `(
      SELECT value, ${measuresBeside(order)
        .map((name) => `${measures[name]} AS ${name}, `)
        .join('')} ${namesSql(query.by)}
      FROM ${events} AS e WHERE ${condition} GROUP BY value)`,
  };
}

function aggregatedSource(
  query: ConsumersQuery,
  state: StoredState,
  by: 'consumer' | 'group',
): ConsumerSource {
  const tables = consumerTables(query);
  const range = consumerRange(query, state, tables);
  const ofRows = (columns: string): string =>
    `(${tables.map((table) => rowsSql(by, range, table, columns)).join(' UNION ALL ')})`;
  const ofEvents = (columns: string): string =>
    range.events(`${COLUMNS[by]} AS value, NULL::text AS owner, ${columns}`);
  const texts = (name: ConsumerMeasure): string =>
    TEXTS[name](ofRows(MEASURES_OF_ROW[name]), ofEvents(MEASURES_OF_EVENT[name]));
  return {
    estimated: true,
    range,
    figures: `(${ofRows(OF_ROW)} UNION ALL ${ofEvents(OF_EVENT)})`,
    measure: (order) => (isMeasure(order) ? { taken: { name: order, texts: texts(order) } } : {}),
    measureFrom,
    // Few are listed: what is told of them is looked for once, among that of all.
    details: (condition, order) => {
      const beside = measuresBeside(order);
      const ofRow = beside.map((name) => `, ${MEASURES_OF_ROW[name]}`).join('');
      const ofEvent = beside.map((name) => `, ${MEASURES_OF_EVENT[name]}`).join('');
      return `(
        WITH told AS MATERIALIZED (
          SELECT * FROM ${ofRows(`${NAMES_OF_ROW} ${ofRow}`)} AS r WHERE ${condition}),
        happened AS MATERIALIZED (
          SELECT * FROM ${ofEvents(`${NAMES_OF_EVENT} ${ofEvent}`)} AS e WHERE ${condition}),
        named AS (
          SELECT value, label, name, last_seen, last_id FROM told
          UNION ALL SELECT value, label, name, last_seen, last_id FROM happened)
        SELECT value, label, consumer_group ${beside.map((name) => `, ${name}`).join('')}
        FROM (SELECT value, ${namesSql(by)} FROM named GROUP BY value) AS names
        ${beside.map((name) => `LEFT JOIN ${TEXTS[name]('told', 'happened')} AS of_${name} USING (value)`).join(' ')})`;
    },
  };
}

/**
 * Columns `value` and `endpoints`, digits of each, some several times, between commas.
 *
 * @param rows - columns `value` and `endpoints`
 * @param events - columns `value` and `digits`
 */
function endpointsSql(rows: string, events: string): string {
  return `(
    SELECT value, string_agg(endpoints, ',') AS endpoints
    FROM (SELECT value, endpoints FROM ${rows} AS r UNION ALL SELECT DISTINCT value, digits FROM ${events} AS e) AS each
    WHERE value IS NOT NULL GROUP BY value)`;
}

/**
 * Columns `value` and `p95`, the latencies that it is of: numbers of {@link countedSql} between commas. NULL where there are none.
 *
 * @param rows - columns `value` and `latencies`
 * @param events - columns `value` and `bucket`
 */
function latenciesSql(rows: string, events: string): string {
  return `(
    SELECT value, string_agg(latencies, ',') AS p95
    FROM (
      SELECT value, latencies FROM ${rows} AS r
      UNION ALL
      SELECT value, (${countedSql('bucket', 'count(*)')})::text FROM ${events} AS e
      WHERE bucket IS NOT NULL GROUP BY value, bucket) AS each
    WHERE value IS NOT NULL GROUP BY value)`;
}

/** What {@link measureFrom} takes apart, by the measure: of rows and of events, which have {@link MEASURES_OF_ROW} and {@link MEASURES_OF_EVENT}. */
const TEXTS: Readonly<Record<ConsumerMeasure, (rows: string, events: string) => string>> = {
  p95: latenciesSql,
  endpoints: endpointsSql,
};

/** Column `value`: who asked in the range of equal length before. */
export function earlierSql(query: ConsumersQuery, state: StoredState): string {
  const { by } = query;
  const earlier = earlierFilter(query);
  const tables = by === 'client' ? [] : consumerTables(earlier);
  const range = consumerRange(earlier, state, tables);
  const rows = by === 'client' ? [] : tables.map((table) => rowsSql(by, range, table, 'NULL AS nothing'));
  const relation = [
    ...rows,
    range.events(`${COLUMNS[by]} AS value, NULL::text AS owner, NULL AS nothing`),
  ].join(' UNION ALL ');
  return `(${inEarlierDays(relation)})`;
}

/** SQL for what is read of the range before, in a statement about the range: it binds `$earlier_days` in the place of `$days`. */
export function inEarlierDays(sql: string): string {
  return sql.replaceAll(IN_DAYS, IN_DAYS.replace('$', '$earlier_'));
}
