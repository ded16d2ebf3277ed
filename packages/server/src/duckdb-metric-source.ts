import { VARCHAR } from '@duckdb/node-api';

import type { AnalyticsFilter } from './analytics.ts';
import { ENDPOINT_NAME, filteredByEndpoint, type Conditions } from './duckdb-conditions.ts';
import { groupBy, selectKeys } from './duckdb-source.ts';

/** Relations, as SQL in parentheses, that hold the custom metrics of what matches a filter. */
export interface MetricSource {
  /** Numbers, other than their count, minimum, maximum and mean, are estimates. */
  readonly estimated: boolean;
  /** One row with the column `events`: those with or without metrics. */
  readonly events: string;
  /** Columns `name`, `type` and `events`; only with no name asked for. */
  readonly uses: string;
  /** Columns `ms`, `method`, `path`, `type`, `value` (JSON text) and `events`, of the metric `$name`. */
  readonly values: string;
  /** One row per combination of keys over `ms`, `method` and `path`: `count`, `min`, `max`, `mean`, `p50`, `p95`. */
  readonly numbers: (keys: Readonly<Record<string, string>>) => string;
  /** Columns `number` and `count`. */
  readonly numberCounts: string;
  /** Values of the filter and those that a statement adds. */
  readonly conditions: () => Conditions;
}

/** The type of a metric, from its JSON value. */
export function metricTypeSql(value: string): string {
  return `CASE json_type(${value}) WHEN 'BOOLEAN' THEN 'boolean' WHEN 'VARCHAR' THEN 'string' WHEN 'ARRAY' THEN 'list'
    WHEN 'OBJECT' THEN 'object' ELSE 'number' END`;
}

/** All metrics of events, one row each, as `u.key` and `u.value`. */
export const METRICS_OF_EVENT = 'unnest(map_entries(custom_data::MAP(VARCHAR, JSON))) AS u';

/** A JSON pointer (RFC 6901) to a member of any name. */
export const POINTER = `'/' || replace(replace($name, '~', '~0'), '/', '~1')`;

/** Reads single events. */
export function exactMetricSource(filter: AnalyticsFilter, name?: string): MetricSource {
  const matching = (): Conditions => filteredByEndpoint(filter);
  const conditions = (): Conditions =>
    name === undefined ? matching() : matching().value('name', VARCHAR, name);
  const { where } = matching();
  const values = `(
    SELECT ms, method, path, ${metricTypeSql('value')} AS type, value::VARCHAR AS value, 1 AS events
    FROM (
      SELECT epoch_ms(event_time) AS ms, method, ${ENDPOINT_NAME} AS path, json_extract(custom_data, ${POINTER}) AS value
      FROM events ${where})
    WHERE value IS NOT NULL AND json_type(value) <> 'NULL')`;
  const numbers = `(SELECT ms, method, path, TRY_CAST(value AS DOUBLE) AS number FROM ${values} WHERE type = 'number')`;
  return {
    estimated: false,
    events: `(SELECT count(*) AS events FROM events ${where})`,
    uses: `(
      SELECT u.key AS name, ${metricTypeSql('u.value')} AS type, count(*) AS events
      FROM (SELECT ${METRICS_OF_EVENT} FROM events ${where}) WHERE u.value IS NOT NULL GROUP BY ALL)`,
    values,
    numbers: (keys) => `(
      SELECT ${selectKeys(keys)} count(*) AS count, min(number) AS min, max(number) AS max, avg(number) AS mean,
             quantile_cont(number, 0.5) AS p50, quantile_cont(number, 0.95) AS p95
      FROM ${numbers} ${groupBy(keys)})`,
    numberCounts: `(SELECT number, 1 AS count FROM ${numbers})`,
    conditions,
  };
}
