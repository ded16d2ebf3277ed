import type { AnalyticsFilter, EndpointKey, HistogramBin } from '../../analytics.ts';
import type { Percentiles } from '../../event-query.ts';
import { binsOf } from '../../figures/log-buckets.ts';
import { summedCounts, type BucketCounts } from '../../figures/ranked-buckets.ts';
import { latencyValueSql, quantilesSql } from '../aggregates/log-bucket-sql.ts';
import { ENDPOINT_NAME, filteredByEndpoint, type Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { percentiles } from '../engine/values.ts';
import { number, type Row } from '../../rows/values.ts';
import { countsOfRow, exactPercentiles } from './exact-latencies.ts';
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

/** What is counted of each bucket, as arrays. */
const COUNTED = ['array_agg(bucket) AS buckets', 'array_agg(count) AS counts'] as const;

/**
 * Latencies by time. Exact where the range is short or its buckets are no whole minutes; otherwise of counts of buckets. Which
 * histogram bin a latency lies in is the same for both.
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
  const conditions = (): Conditions => range.conditions().number('width', width);
  if (grain !== undefined && isLong(filter))
    return estimatedOf(await rows(conditions().query(estimatedByTimeSql(given))));
  const counted = await rows(conditions().query(countedByTimeSql(given)));
  const groups = counted.map((row) => ({ keys: [number(row['start'])], counts: countsOfRow(row) }));
  const exact = await exactPercentiles(rows, conditions, {
    events: `(SELECT event_time / $width * $width AS start, latency_ms FROM events ${filteredByEndpoint(filter).where})`,
    keys: [{ name: 'start', type: 'bigint[]' }],
    groups,
    isTotal: true,
  });
  return {
    total: exact.total,
    byStart: new Map(
      counted.map((row, index) => [number(row['start']), exact.ofGroups[index] ?? exact.total]),
    ),
    histogram: binsOf(summedCounts(groups.map(({ counts }) => counts))),
  };
}

function countedByTimeSql(given: string): string {
  return `
    SELECT start, ${COUNTED.join(', ')}
    FROM (SELECT start, bucket, sum(count::float8)::bigint AS count FROM ${given} AS given GROUP BY start, bucket) AS counted
    GROUP BY start`;
}

/** One row for each bucket of time, and one for all, whose `start` is NULL. */
function estimatedByTimeSql(given: string): string {
  const counted = `(
    SELECT start, bucket, sum(count::float8)::bigint AS count FROM ${given} AS given
    GROUP BY GROUPING SETS ((start, bucket), (bucket)))`;
  const ofAll = COUNTED.map((each) => each.replace(/^(.*) AS/, 'CASE WHEN start IS NULL THEN $1 END AS'));
  return `SELECT * FROM ${quantilesSql(counted, ['start'], QUANTILES, latencyValueSql, ofAll)} AS estimated`;
}

function estimatedOf(found: readonly Row[]): LatenciesByTime {
  const all = found.find((row) => row['start'] === null);
  const ofStarts = found.filter((row) => row['start'] !== null);
  return {
    total: percentiles(all?.['quantiles']),
    byStart: new Map(ofStarts.map((row) => [number(row['start']), percentiles(row['quantiles'])])),
    histogram: binsOf(countsOfRow(all)),
  };
}

/** The percentiles of a whole range. */
export async function latencyTotals(
  rows: ReadRows,
  filter: AnalyticsFilter,
  state: StoredState,
): Promise<Percentiles> {
  const periods = isLong(filter) ? PERIODS.day : PERIODS.hour;
  const range = rollupRange(filter, state, periods);
  const counted = `(
    SELECT bucket, sum(count::float8)::bigint AS count
    FROM ${requestsSql(range, periods, LATENCIES, isOfEndpoint(filter))} AS latencies WHERE bucket IS NOT NULL GROUP BY bucket)`;
  if (isLong(filter)) {
    const sql = `SELECT quantiles FROM ${quantilesSql(counted, [], QUANTILES, latencyValueSql)} AS estimated`;
    const [row] = await rows(range.conditions().query(sql));
    return percentiles(row?.['quantiles']);
  }
  const [row] = await rows(
    range.conditions().query(`SELECT ${COUNTED.join(', ')} FROM ${counted} AS counted`),
  );
  const exact = await exactPercentiles(rows, () => range.conditions(), {
    events: `(SELECT latency_ms FROM events ${filteredByEndpoint(filter).where})`,
    keys: [],
    groups: [{ keys: [], counts: countsOfRow(row) }],
    isTotal: false,
  });
  return exact.ofGroups[0] ?? exact.total;
}

/** An endpoint, and how many of its latencies lie in which bucket. */
export interface CountedEndpoint extends EndpointKey {
  readonly counts: BucketCounts;
}

/**
 * SQL in parentheses: columns `method`, `path` and `quantiles`, which are estimates; of a short range also `buckets` and `counts`, for
 * {@link exactByEndpoint}. For statements that bind the conditions of a range.
 */
export function latenciesByEndpoint(filter: AnalyticsFilter, state: StoredState): string {
  const periods = isLong(filter) ? PERIODS.day : PERIODS.hour;
  const range = rollupRange(filter, state, periods);
  const counted = `(
    SELECT method, path, bucket, sum(count::float8)::bigint AS count
    FROM ${requestsSql(range, periods, withEndpoint(LATENCIES), true)} AS latencies WHERE bucket IS NOT NULL
    GROUP BY method, path, bucket)`;
  return quantilesSql(counted, ['method', 'path'], QUANTILES, latencyValueSql, isLong(filter) ? [] : COUNTED);
}

/** The percentiles of some endpoints, in their order. */
export async function exactByEndpoint(
  rows: ReadRows,
  filter: AnalyticsFilter,
  endpoints: readonly CountedEndpoint[],
): Promise<readonly Percentiles[]> {
  const { ofGroups } = await exactPercentiles(rows, () => filteredByEndpoint(filter), {
    events: `(SELECT method, ${ENDPOINT_NAME} AS path, latency_ms FROM events ${filteredByEndpoint(filter).where})`,
    keys: [
      { name: 'method', type: 'text[]' },
      { name: 'path', type: 'text[]' },
    ],
    groups: endpoints.map(({ method, endpoint, counts }) => ({ keys: [method, endpoint], counts })),
    isTotal: false,
  });
  return ofGroups;
}
