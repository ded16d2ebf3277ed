import { DAY_MILLIS } from '../../../durations.ts';
import { isToldByEndpoints } from '../../filter/event-filter.ts';
import { earlierFilter, type ConsumerKind, type ConsumersQuery } from '../../questions/consumer-list.ts';
import { latencyBucketSql, latencyValueSql, quantilesSql } from '../aggregates/log-bucket-sql.ts';
import { ENDPOINT_NAME, EVENT_ORDER, IS_ERROR, timeOfOrder } from '../engine/conditions.ts';
import { rollupRange, type RolledUp } from './rollup-range.ts';

const COLUMNS: Readonly<Record<ConsumerKind, string>> = {
  consumer: 'consumer',
  group: 'consumer_group',
  client: 'source_ip',
};

/** Whom requests are for, as SQL in parentheses, for statements that bind the filter. Where that is nobody, `value` is NULL. */
export interface ConsumerSource {
  /** Percentiles are estimates. */
  readonly estimated: boolean;
  /** Columns `value`, `label`, `requests`, `errors`, `first_seen` and `last_seen` (milliseconds). */
  readonly figures: string;
  /** Columns `value`, `label`, `name` (that of the group) and `last_event`. */
  readonly names: string;
  /** Columns `value`, `method` and `path`. */
  readonly endpoints: string;
  /** Columns `value` and `p95`, one row for each that has one, of those that a condition on `value` leaves. */
  readonly latencies: (condition: string) => string;
  /** Column `value`: who asked in the range of equal length before. */
  readonly earlier: string;
}

/** Long ranges are read from the aggregates, those of single clients always from events: aggregates do not tell enough of these. */
export function consumerSource(query: ConsumersQuery, rolledUp: RolledUp): ConsumerSource {
  const column = COLUMNS[query.by];
  const isAggregated = query.by !== 'client';
  const periods = isAggregated && rolledUp.isLarge ? [DAY_MILLIS] : [];
  const isTold = isToldByEndpoints(query);
  const range = rollupRange(query, rolledUp, periods, isTold);
  const before = rollupRange(earlierFilter(query), rolledUp, isAggregated ? [DAY_MILLIS] : []);
  const read = (from: typeof range, table: string, ofRow: string, ofEvent: string): string =>
    isAggregated
      ? `(SELECT ${ofRow} FROM ${from.aggregated(table, DAY_MILLIS)} UNION ALL FROM ${from.events(ofEvent)})`
      : `(FROM ${from.events(ofEvent)})`;
  const value = `${column} AS value`;
  const estimated = periods.length > 0 && isTold;
  return {
    estimated,
    figures: read(
      range,
      'day_consumers',
      `${value}, consumer_label AS label, requests, errors, epoch_ms(first_seen) AS first_seen,
       ${timeOfOrder('last_event')} AS last_seen`,
      `${value}, consumer_label AS label, 1 AS requests, (${IS_ERROR})::INTEGER AS errors, epoch_ms(event_time) AS first_seen,
       epoch_ms(event_time) AS last_seen`,
    ),
    names: read(
      range,
      'day_consumers',
      `${value}, consumer_label AS label, consumer_group AS name, last_event`,
      `${value}, consumer_label AS label, consumer_group AS name, ${EVENT_ORDER} AS last_event`,
    ),
    endpoints: read(
      range,
      'day_consumers',
      `${value}, method, endpoint AS path`,
      `${value}, method, ${ENDPOINT_NAME} AS path`,
    ),
    latencies: (condition) => {
      if (!estimated)
        return `(
          SELECT value, quantile_cont(latency_ms, 0.95) AS p95
          FROM ${range.events(`${value}, latency_ms`)} WHERE ${condition} GROUP BY value HAVING p95 IS NOT NULL)`;
      const counted = read(
        range,
        'day_consumer_latencies',
        `${value}, bucket, requests`,
        `${value}, ${latencyBucketSql('latency_ms')} AS bucket, 1 AS requests`,
      );
      const each = `(
        SELECT value, bucket, sum(requests)::BIGINT AS count FROM ${counted}
        WHERE bucket IS NOT NULL AND ${condition} GROUP BY value, bucket)`;
      return `(SELECT value, quantiles[1] AS p95 FROM ${quantilesSql(each, ['value'], [0.95], latencyValueSql)})`;
    },
    earlier: read(before, 'day_consumers', value, value),
  };
}
