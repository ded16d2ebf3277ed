import { VARCHAR } from '@duckdb/node-api';

import type { AnalyticsFilter } from './analytics.ts';
import { filteredByEndpoint, type Conditions } from './duckdb-conditions.ts';
import { metricBucketSql, metricValueSql, quantilesSql } from './duckdb-log-buckets.ts';
import { METRICS_OF_EVENT, metricTypeSql, POINTER, type MetricSource } from './duckdb-metric-source.ts';
import type { ReadRows } from './duckdb-read-connection.ts';
import { selectKeys } from './duckdb-source.ts';
import { cutRange } from './rollup-range.ts';

const HOUR = 3_600_000;

/** Reads aggregates of whole hours, and single events beside them. */
export async function rollupMetricSource(
  rows: ReadRows,
  filter: AnalyticsFilter,
  rolledUpTo: number,
  name?: string,
): Promise<MetricSource> {
  const hours = await cutRange(rows, HOUR, filter, rolledUpTo);
  let named = '(SELECT NULL)';
  const conditions = (): Conditions => {
    const matching = filteredByEndpoint(filter);
    return name === undefined ? matching : matching.value('name', VARCHAR, name);
  };
  if (name !== undefined) {
    // One metric of many, which several questions are put to.
    named = 'one_metric';
    const sql = `CREATE OR REPLACE TEMP TABLE ${named} AS
      SELECT * EXCLUDE (client_id, name) FROM ${hours.aggregated('hour_metrics')} WHERE name = $name`;
    await rows(conditions().query(sql));
  }
  const ofEvents = `(
    SELECT epoch_ms(event_time) AS ms, method, endpoint_name AS path, ${metricTypeSql('metric')} AS type,
           metric::VARCHAR AS value, CASE WHEN type = 'number' THEN TRY_CAST(metric AS DOUBLE) END AS number
    FROM (SELECT *, json_extract(custom_data, ${POINTER}) AS metric FROM ${hours.events})
    WHERE metric IS NOT NULL AND json_type(metric) <> 'NULL')`;
  const numbers = `(
    SELECT epoch_ms(start) AS ms, method, endpoint AS path, bucket, events, total, least, greatest
    FROM ${named} WHERE type = 'number'
    UNION ALL
    SELECT ms, method, path, ${metricBucketSql('number')}, 1, number, number, number
    FROM ${ofEvents} WHERE type = 'number')`;
  return {
    estimated: true,
    events: `(
      SELECT requests AS events FROM ${hours.aggregated('hour_requests')} UNION ALL SELECT 1 FROM ${hours.events})`,
    uses: `(
      SELECT name, type, events FROM ${hours.aggregated('hour_metrics')}
      UNION ALL
      SELECT u.key, ${metricTypeSql('u.value')}, 1 FROM (SELECT ${METRICS_OF_EVENT} FROM ${hours.events})
      WHERE u.value IS NOT NULL)`,
    values: `(
      SELECT epoch_ms(start) AS ms, method, endpoint AS path, type, value, events
      FROM ${named}
      UNION ALL SELECT ms, method, path, type, value, 1 FROM ${ofEvents})`,
    numbers: (keys) => numbersByKeys(numbers, keys),
    numberCounts: `(
      SELECT least(greatest(${metricValueSql('bucket')}, least), greatest) AS number, events AS count FROM ${numbers})`,
    conditions,
  };
}

function numbersByKeys(numbers: string, keys: Readonly<Record<string, string>>): string {
  const names = Object.keys(keys);
  const joined = names.length === 0 ? 'ON true' : `USING (${names.join(', ')})`;
  const counted = `(
    SELECT ${selectKeys(keys)} bucket, sum(events) AS count FROM ${numbers} GROUP BY ALL)`;
  const group = names.length === 0 ? '' : `GROUP BY ${names.join(', ')}`;
  return `(
    SELECT t.*, quantiles[1] AS p50, quantiles[2] AS p95
    FROM (
      SELECT ${selectKeys(keys)} sum(events)::BIGINT AS count, min(least) AS min, max(greatest) AS max,
             sum(total) / sum(events) AS mean
      FROM ${numbers} ${group}) AS t
    LEFT JOIN ${quantilesSql(counted, names, [0.5, 0.95], metricValueSql)} AS q ${joined})`;
}
