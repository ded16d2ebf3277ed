import type { AnalyticsFilter, HistogramBin } from '../../analytics.ts';
import type { Percentiles } from '../../event-query.ts';
import { binsOf } from '../../figures/log-buckets.ts';
import { latencyValueSql, quantilesSql } from '../aggregates/log-bucket-sql.ts';
import { ENDPOINT_NAME, filteredByEndpoint, type Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { numbers, percentiles } from '../engine/values.ts';
import { number } from '../../rows/values.ts';
import { isOfEndpoint, LATENCIES, PERIODS, requestsSql, withEndpoint, type Grain } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import { isLong, type StoredState } from './stored-state.ts';

/** Latencies of a range, and of each bucket of it that has any. */
export interface LatenciesByTime {
  readonly total: Percentiles;
  /** By the begins of the buckets, milliseconds. */
  readonly byStart: ReadonlyMap<number, Percentiles>;
  readonly histogram: readonly HistogramBin[];
}

const QUANTILES = [0.5, 0.95, 0.99];
const EXACT_QUANTILES = 'percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_ms)';

/**
 * Latencies by time. Of single events, exactly, where the range is short or its buckets are no whole minutes; of counts of buckets
 * otherwise. Which histogram bin a latency lies in is the same for both.
 *
 * @param width - length of a bucket, milliseconds
 */
export async function latenciesByTime(
  rows: ReadRows,
  filter: AnalyticsFilter,
  state: StoredState,
  { width, grain }: { readonly width: number; readonly grain: Grain | undefined },
): Promise<LatenciesByTime> {
  const periods = grain === undefined ? [] : PERIODS[grain];
  const range = rollupRange(filter, state, periods);
  const given = `(
    SELECT ms / $width * $width AS start, bucket, count
    FROM ${requestsSql(range, periods, LATENCIES, isOfEndpoint(filter))} AS latencies WHERE bucket IS NOT NULL)`;
  const counted = `(
    SELECT start, bucket, sum(count::float8)::bigint AS count FROM ${given} AS given
    GROUP BY GROUPING SETS ((start, bucket), (bucket)))`;
  const estimated = quantilesSql(counted, ['start'], QUANTILES, latencyValueSql, COUNTED);
  const isExact = grain === undefined || !isLong(filter);
  const conditions = (): Conditions => range.conditions().number('width', width);
  const found = await rows(
    conditions().query(isExact ? exactSql(filter) : `SELECT * FROM ${estimated} AS estimated`),
  );
  const histogram = isExact
    ? await rows(conditions().query(histogramSql(given)))
    : found.filter((row) => row['start'] === null);
  return {
    total: percentiles(found.find((row) => row['start'] === null)?.['quantiles']),
    byStart: new Map(
      found
        .filter((row) => row['start'] !== null)
        .map((row) => [number(row['start']), percentiles(row['quantiles'])]),
    ),
    histogram: binsOf(zipped(numbers(histogram[0]?.['buckets']), numbers(histogram[0]?.['counts']))),
  };
}

const COUNTED = [
  'CASE WHEN start IS NULL THEN array_agg(bucket) END AS buckets',
  'CASE WHEN start IS NULL THEN array_agg(count) END AS counts',
] as const;

function histogramSql(given: string): string {
  return `
    SELECT array_agg(bucket) AS buckets, array_agg(count) AS counts
    FROM (SELECT bucket, sum(count::float8)::bigint AS count FROM ${given} AS given GROUP BY bucket) AS counted`;
}

function exactSql(filter: AnalyticsFilter): string {
  return `
    SELECT start, ${EXACT_QUANTILES} AS quantiles
    FROM (
      SELECT event_time / $width * $width AS start, latency_ms FROM events ${filteredByEndpoint(filter).where}) AS e
    GROUP BY GROUPING SETS ((start), ())`;
}

/** The percentiles of a whole range. */
export async function latencyTotals(
  rows: ReadRows,
  filter: AnalyticsFilter,
  state: StoredState,
): Promise<Percentiles> {
  const range = rollupRange(filter, state, PERIODS.day);
  const counted = `(
    SELECT bucket, sum(count::float8)::bigint AS count
    FROM ${requestsSql(range, PERIODS.day, LATENCIES, isOfEndpoint(filter))} AS latencies WHERE bucket IS NOT NULL GROUP BY bucket)`;
  const sql = isLong(filter)
    ? `SELECT quantiles FROM ${quantilesSql(counted, [], QUANTILES, latencyValueSql)} AS estimated`
    : `SELECT ${EXACT_QUANTILES} AS quantiles FROM events ${filteredByEndpoint(filter).where}`;
  const [row] = await rows(range.conditions().query(sql));
  return percentiles(row?.['quantiles']);
}

/** SQL in parentheses: columns `method`, `path` and `quantiles`; for statements that bind the conditions of the range of days. */
export function latenciesByEndpoint(filter: AnalyticsFilter, state: StoredState): string {
  if (!isLong(filter)) {
    return `(
      SELECT method, ${ENDPOINT_NAME} AS path, ${EXACT_QUANTILES} AS quantiles
      FROM events ${filteredByEndpoint(filter).where} GROUP BY 1, 2)`;
  }
  const range = rollupRange(filter, state, PERIODS.day);
  const counted = `(
    SELECT method, path, bucket, sum(count::float8)::bigint AS count
    FROM ${requestsSql(range, PERIODS.day, withEndpoint(LATENCIES), true)} AS latencies WHERE bucket IS NOT NULL
    GROUP BY method, path, bucket)`;
  return quantilesSql(counted, ['method', 'path'], QUANTILES, latencyValueSql);
}

function zipped(
  buckets: readonly number[],
  counts: readonly number[],
): readonly (readonly [number, number])[] {
  return buckets.map((bucket, index) => [bucket, counts[index] ?? 0]);
}
