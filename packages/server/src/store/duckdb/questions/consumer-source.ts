import { DAY_MILLIS } from '../../../durations.ts';
import { isOfAllEndpoints, isToldByKeys, type EventFilter } from '../../filter/event-filter.ts';
import {
  earlierFilter,
  isMeasure,
  measuresBeside,
  type ConsumerKind,
  type ConsumerOrder,
  type ConsumersQuery,
} from '../../questions/consumer-list.ts';
import { latencyBucketSql, latencyValueSql, quantilesSql } from '../aggregates/log-bucket-sql.ts';
import {
  countEndpointsSql,
  ENDPOINT_NAME,
  EVENT_ORDER,
  IS_ERROR,
  timeOfOrder,
} from '../engine/conditions.ts';
import { rollupRange, type RolledUp, type RollupRange } from './rollup-range.ts';

const COLUMNS: Readonly<Record<ConsumerKind, string>> = {
  consumer: 'consumer',
  group: 'consumer_group',
  client: 'source_ip',
};

/** Whom requests are for, as SQL in parentheses, for statements that bind the filter. Where that is nobody, `value` is NULL. */
export interface ConsumerSource {
  /** Percentiles are estimates. */
  readonly estimated: boolean;
  /** Columns `value`, `label`, `requests`, `errors`, `first_seen` (milliseconds) and what `lastSeen` is made of. */
  readonly figures: string;
  /** When somebody was seen last, milliseconds: an aggregate over the figures. */
  readonly lastSeen: string;
  /** What an order compares that is no sum of figures: an aggregate over them, or a relation to join by `who`, with a column of the order's name. */
  readonly measure: (order: ConsumerOrder) => { readonly inline?: string; readonly joined?: string };
  /** Columns `value`, `p95`, `endpoints`, `label` and `consumer_group` of those that a condition on `value` leaves, without what the order compares. */
  readonly details: (condition: string, order: ConsumerOrder) => string;
}

/** Who it is, in eight bytes: of a million, two are taken for one with a probability of 3 in a hundred million. */
export const WHO = 'hash(value)';

const LATEST = 'arg_max(label, last_event) AS label, arg_max(name, last_event) AS consumer_group';
const OF_EVENT = `consumer_label AS label, consumer_group AS name, method, ${ENDPOINT_NAME} AS path, latency_ms, 1 AS requests,
  (${IS_ERROR})::INTEGER AS errors, epoch_ms(event_time) AS first_seen, epoch_ms(event_time) AS last_seen, ${EVENT_ORDER} AS last_event`;
const OF_ROW = `consumer_label AS label, consumer_group AS name, requests, errors, epoch_ms(first_seen) AS first_seen, last_event`;
const OF_EVENT_LIKE_ROW = OF_EVENT.replace(`method, ${ENDPOINT_NAME} AS path, latency_ms, `, '').replace(
  'epoch_ms(event_time) AS last_seen, ',
  '',
);

/** Where a filter is about no endpoint, totals have fewer rows. */
function tableOf(filter: EventFilter): string {
  return isOfAllEndpoints(filter) ? 'day_consumer_totals' : 'day_consumers';
}

/** Long ranges are read from the aggregates, those of single clients from events: aggregates do not tell enough of these. */
export function consumerSource(query: ConsumersQuery, rolledUp: RolledUp): ConsumerSource {
  const isEstimated = query.by !== 'client' && rolledUp.isLarge && isToldByKeys(query);
  return isEstimated ? aggregatedSource(query, rolledUp) : exactSource(query, rolledUp);
}

function exactSource(query: ConsumersQuery, rolledUp: RolledUp): ConsumerSource {
  const value = COLUMNS[query.by];
  const events = rollupRange(query, rolledUp, []).events(`${value} AS value, ${OF_EVENT}`);
  const measures = { p95: 'quantile_cont(latency_ms, 0.95)', endpoints: countEndpointsSql('path') };
  const names = query.by === 'consumer' ? LATEST : 'NULL AS label, NULL AS consumer_group';
  return {
    estimated: false,
    figures: events,
    lastSeen: 'max(last_seen)',
    measure: (order) => (isMeasure(order) ? { inline: measures[order] } : {}),
    details: (condition, order) => `(
      SELECT value, ${measuresBeside(order)
        .map((name) => `${measures[name]} AS ${name}, `)
        .join('')} ${names}
      FROM ${events} WHERE ${condition} GROUP BY value)`,
  };
}

function aggregatedSource(query: ConsumersQuery, rolledUp: RolledUp): ConsumerSource {
  const value = COLUMNS[query.by];
  const range = rollupRange(query, rolledUp, [DAY_MILLIS], true);
  const read = (table: string, ofRow: string, ofEvent: string): string =>
    readRange(range, table, `${value} AS value, ${ofRow}`, `${value} AS value, ${ofEvent}`);
  const figures = read(tableOf(query), OF_ROW, OF_EVENT_LIKE_ROW);
  const endpoints = (condition: string): string => `(
    SELECT ${WHO} AS who, ${countEndpointsSql('path')} AS endpoints
    FROM ${read('day_consumers', 'method, endpoint AS path', `method, ${ENDPOINT_NAME} AS path`)}
    WHERE ${condition} GROUP BY who)`;
  const latencies = (condition: string): string => {
    const counts = read(
      'day_consumer_latencies',
      'bucket, requests',
      `${latencyBucketSql('latency_ms')} AS bucket, 1 AS requests`,
    );
    const counted = `(
      SELECT ${WHO} AS who, bucket, requests AS count FROM ${counts}
      WHERE bucket IS NOT NULL AND ${condition})`;
    return `(SELECT who, quantiles[1] AS p95 FROM ${quantilesSql(counted, ['who'], [0.95], latencyValueSql)})`;
  };
  const measures = { p95: latencies, endpoints };
  const names = query.by === 'consumer' ? LATEST : 'NULL AS label, NULL AS consumer_group';
  return {
    estimated: true,
    figures,
    // One division of such a number takes longer than to read the row.
    lastSeen: timeOfOrder('max(last_event)'),
    measure: (order) => (isMeasure(order) ? { joined: measures[order]('value IS NOT NULL') } : {}),
    details: (condition, order) => `(
      SELECT value, label, consumer_group ${measuresBeside(order)
        .map((name) => `, ${name}`)
        .join('')}
      FROM (SELECT value, ${names} FROM ${figures} WHERE ${condition} GROUP BY value) AS named
      ${measuresBeside(order)
        .map((name) => `LEFT JOIN ${measures[name](condition)} AS of_${name} ON of_${name}.who = ${WHO}`)
        .join(' ')})`,
  };
}

/** Column `value`: who asked in the range of equal length before. */
export function earlierSql(query: ConsumersQuery, rolledUp: RolledUp): string {
  const value = `${COLUMNS[query.by]} AS value`;
  const earlier = earlierFilter(query);
  return query.by === 'client'
    ? rollupRange(earlier, rolledUp, []).events(value)
    : readRange(rollupRange(earlier, rolledUp, [DAY_MILLIS], true), tableOf(earlier), value, value);
}

function readRange(range: RollupRange, table: string, ofRow: string, ofEvent: string): string {
  return `(SELECT ${ofRow} FROM ${range.aggregated(table, DAY_MILLIS)} UNION ALL FROM ${range.events(ofEvent)})`;
}
