import { VARCHAR } from '@duckdb/node-api';

import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import type { MetricQuery } from '../../questions/metrics.ts';
import { ENDPOINT_NAME, type Conditions } from '../engine/conditions.ts';
import { metricTypeSql, METRICS_OF_EVENT } from '../engine/metric-sql.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { filtered } from './filter.ts';
import { groupBy, selectKeys } from './source.ts';

/** What both of these have; relations are SQL in parentheses. */
interface OfMetrics {
  /** Numbers, other than their count, minimum, maximum and mean, are estimates. */
  readonly estimated: boolean;
  /** One row with the column `events`: those with or without metrics. */
  readonly events: string;
  /** Values of the filter and those that a statement adds. */
  readonly conditions: () => Conditions;
}

/** The custom metrics of what matches a filter. */
export interface MetricUses extends OfMetrics {
  /** Columns `name`, `type` and `events`. */
  readonly uses: string;
}

/** One of them. Its `ms` are times in buckets of the query's width. */
export interface MetricSource extends OfMetrics {
  /** Columns `ms`, `method`, `path`, `type`, `value` (JSON text of booleans and texts) and `events`. */
  readonly values: string;
  /** One row per combination of keys over `ms`, `method` and `path`: `count`, `min`, `max`, `mean`, `p50`, `p95`. */
  readonly numbers: (keys: Readonly<Record<string, string>>) => string;
  /** Columns `number` and `count`. */
  readonly numberCounts: string;
}

/** A JSON pointer (RFC 6901) to a member of any name. */
const POINTER = `'/' || replace(replace($name, '~', '~0'), '/', '~1')`;

/** Columns of events that {@link metricOfEvents} reads; endpoints only where they are asked for. */
export function metricOfEvent({ byEndpoint }: MetricQuery): string {
  return `epoch_ms(event_time) AS ms, ${byEndpoint ? `method, ${ENDPOINT_NAME} AS path` : NO_ENDPOINT},
    json_extract(custom_data, ${POINTER}) AS metric`;
}

/** In the place of an endpoint that nobody asks for. */
export const NO_ENDPOINT = `'' AS method, '' AS path`;

/**
 * Columns `ms`, `method`, `path`, `type`, `value` and `number` of the metric `$name`.
 *
 * @param relation - columns of {@link metricOfEvent}
 */
export function metricOfEvents(relation: string): string {
  return `(
    SELECT ms, method, path, ${metricTypeSql('metric')} AS type,
           CASE WHEN type IN ('boolean', 'string') THEN metric::VARCHAR END AS value,
           CASE WHEN type = 'number' THEN TRY_CAST(metric::VARCHAR AS DOUBLE) END AS number
    FROM ${relation} WHERE metric IS NOT NULL AND metric::VARCHAR <> 'null')`;
}

/** Puts all rows of one metric, which several questions are put to, into a temporary table. @returns its name */
export async function createMetricTable(
  rows: ReadRows,
  query: MetricQuery,
  relation: string,
): Promise<string> {
  const conditions = filtered(query).value('name', VARCHAR, query.name);
  const sql = `CREATE OR REPLACE TEMP TABLE one_metric AS FROM ${relation}`;
  await rows(conditions.number('width', query.bucketMillis).query(sql));
  return 'one_metric';
}

/** Reads which metrics single events have. */
export function exactMetricUses(filter: AnalyticsFilter): MetricUses {
  const { where } = filtered(filter);
  return {
    ...eventsMatching(filter),
    uses: `(
      SELECT u.key AS name, ${metricTypeSql('u.value')} AS type, count(*) AS events
      FROM (SELECT ${METRICS_OF_EVENT} FROM events ${where}) WHERE u.value IS NOT NULL GROUP BY ALL)`,
  };
}

/** Reads a metric of single events. */
export async function exactMetricSource(rows: ReadRows, query: MetricQuery): Promise<MetricSource> {
  const { where } = filtered(query);
  const table = await createMetricTable(
    rows,
    query,
    metricOfEvents(`(SELECT ${metricOfEvent(query)} FROM events ${where})`),
  );
  const numbers = `(FROM ${table} WHERE type = 'number')`;
  return {
    ...eventsMatching(query),
    values: `(SELECT *, 1 AS events FROM ${table})`,
    numbers: (keys) => `(
      SELECT * EXCLUDE (quantiles), quantiles[1] AS p50, quantiles[2] AS p95
      FROM (
        SELECT ${selectKeys(keys)} count(*) AS count, min(number) AS min, max(number) AS max, avg(number) AS mean,
               quantile_cont(number, [0.5, 0.95]) AS quantiles
        FROM ${numbers} ${groupBy(keys)}))`,
    numberCounts: `(SELECT number, 1 AS count FROM ${numbers})`,
  };
}

function eventsMatching(filter: AnalyticsFilter): OfMetrics {
  const conditions = (): Conditions => filtered(filter);
  return {
    estimated: false,
    events: `(SELECT count(*) AS events FROM events ${conditions().where})`,
    conditions,
  };
}
