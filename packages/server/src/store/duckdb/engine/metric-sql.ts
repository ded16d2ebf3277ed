/**
 * The type of a metric, from its JSON value as DuckDB takes it out of an object: without space before it, so that the first
 * character tells. `json_type` would parse it once more.
 */
export function metricTypeSql(value: string): string {
  return `CASE left(${value}::VARCHAR, 1) WHEN 't' THEN 'boolean' WHEN 'f' THEN 'boolean' WHEN '"' THEN 'string'
    WHEN '[' THEN 'list' WHEN '{' THEN 'object' ELSE 'number' END`;
}

/** All metrics of events, one row each, as `u.key` and `u.value`. */
export const METRICS_OF_EVENT = 'unnest(map_entries(custom_data::MAP(VARCHAR, JSON))) AS u';
