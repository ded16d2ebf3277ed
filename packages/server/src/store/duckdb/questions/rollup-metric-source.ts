import { HOUR_MILLIS } from '../../../durations.ts';
import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import type { MetricQuery } from '../../questions/metrics.ts';
import { metricBucketSql, metricValueSql, quantilesSql } from '../aggregates/log-bucket-sql.ts';
import { METRICS_OF_EVENT, metricTypeSql } from '../engine/metric-sql.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import {
  createMetricTable,
  metricOfEvent,
  metricOfEvents,
  NO_ENDPOINT,
  type MetricSource,
  type MetricUses,
} from './metric-source.ts';
import { filtered } from './filter.ts';
import { rollupRange, type RolledUp, type RollupRange } from './rollup-range.ts';
import { groupBy, selectKeys } from './source.ts';

/** Reads which metrics there are from aggregates of whole hours, and from single events beside them. */
export function rollupMetricUses(filter: AnalyticsFilter, rolledUp: RolledUp): MetricUses {
  const range = rollupRange(filter, rolledUp, [HOUR_MILLIS]);
  return {
    ...eventsIn(filter, range),
    uses: `(
      SELECT name, type, events FROM ${range.aggregated('hour_metrics', HOUR_MILLIS)}
      UNION ALL
      SELECT u.key, ${metricTypeSql('u.value')}, 1 FROM ${range.events(METRICS_OF_EVENT)} WHERE u.value IS NOT NULL)`,
  };
}

/** Reads one of them. */
export async function rollupMetricSource(
  rows: ReadRows,
  query: MetricQuery,
  rolledUp: RolledUp,
): Promise<MetricSource> {
  const range = rollupRange(query, rolledUp, [HOUR_MILLIS]);
  const endpoint = query.byEndpoint ? 'method, path' : NO_ENDPOINT;
  const table = await createMetricTable(
    rows,
    query,
    `(
      SELECT (ms // $width) * $width AS ms, ${endpoint}, type, value, bucket, sum(events)::BIGINT AS events,
             sum(total) AS total, min(least) AS least, max(greatest) AS greatest
      FROM (
        SELECT epoch_ms(start) AS ms, method, endpoint AS path, type, value, bucket, events, total, least, greatest
        FROM ${range.aggregated('hour_metrics', HOUR_MILLIS)} WHERE name = $name
        UNION ALL
        SELECT ms, method, path, type, value, ${metricBucketSql('number')}, 1, number, number, number
        FROM ${metricOfEvents(range.events(metricOfEvent(query)))})
      GROUP BY ALL)`,
  );
  const numbers = `(FROM ${table} WHERE type = 'number')`;
  return {
    ...eventsIn(query, range),
    values: table,
    numbers: (keys) => numbersByKeys(numbers, keys),
    numberCounts: `(SELECT ${metricValueSql('bucket', 'least', 'greatest')} AS number, events AS count FROM ${numbers})`,
  };
}

function eventsIn(
  filter: AnalyticsFilter,
  range: RollupRange,
): Pick<MetricSource, 'estimated' | 'events' | 'conditions'> {
  return {
    estimated: true,
    events: `(
      SELECT requests AS events FROM ${range.aggregated('hour_requests', HOUR_MILLIS)}
      UNION ALL FROM ${range.events('1 AS events')})`,
    conditions: () => filtered(filter),
  };
}

function numbersByKeys(numbers: string, keys: Readonly<Record<string, string>>): string {
  const names = Object.keys(keys);
  const joined = names.length === 0 ? 'ON true' : `USING (${names.join(', ')})`;
  const counted = `(
    SELECT * REPLACE (${metricValueSql('bucket', 'least', 'greatest')} AS bucket)
    FROM (
      SELECT ${selectKeys(keys)} bucket, sum(events) AS count, min(least) AS least, max(greatest) AS greatest
      FROM ${numbers} GROUP BY ALL))`;
  return `(
    SELECT t.*, quantiles[1] AS p50, quantiles[2] AS p95
    FROM (
      SELECT ${selectKeys(keys)} sum(events)::BIGINT AS count, min(least) AS min, max(greatest) AS max,
             sum(total) / sum(events) AS mean
      FROM ${numbers} ${groupBy(keys)}) AS t
    LEFT JOIN ${quantilesSql(counted, names, [0.5, 0.95], (value) => value)} AS q ${joined})`;
}
