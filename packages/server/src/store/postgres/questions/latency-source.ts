import type { AnalyticsFilter, EndpointKey } from '../../questions/analytics-filter.ts';
import type { HistogramBin } from '../../questions/histogram-bin.ts';
import type { Percentiles } from '../../questions/event-query.ts';
import { binsOf } from '../../figures/log-buckets.ts';
import type { BucketCounts } from '../../figures/ranked-buckets.ts';
import { latencyValueSql, quantilesSql } from '../aggregates/log-bucket-sql.ts';
import type { ReadRows } from '../engine/reads.ts';
import { percentiles } from '../engine/values.ts';
import { number, type Row } from '../../rows/values.ts';
import { countsOfRow, exactPercentiles, isWithinSql, LATENCY_BYTES, latenciesOf } from './exact-latencies.ts';
import { filtered } from './filter.ts';
import { tableOf } from './put-aside.ts';
import {
  isOfEndpoint,
  LATENCIES,
  LISTED_EVENT,
  PERIODS,
  requestsSql,
  withEndpoint,
  type Grain,
} from './requests.ts';
import { rollupRange, type RollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

/** Latencies of a range, and of each bucket of it that has any. */
export interface LatenciesByTime {
  readonly total: Percentiles;
  /** By the begins of the buckets, milliseconds. */
  readonly byStart: ReadonlyMap<number, Percentiles>;
  readonly histogram: readonly HistogramBin[];
}

const QUANTILES = [0.5, 0.95, 0.99];
/** More buckets of latencies than there are: what a `smallint` holds. */
const BUCKETS = 65_536;
const NONE: Percentiles = { p50: null, p95: null, p99: null };

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
  if (grain === undefined || !state.isLarge) return exactByTime(rows, filter, state, width);
  const periods = PERIODS[grain];
  const range = rollupRange(filter, state, periods);
  const given = requestsSql(range, periods, LATENCIES, isOfEndpoint(filter));
  const found = await rows(range.conditions().number('width', width).query(estimatedByTimeSql(given)));
  const all = found.find((row) => row['start'] === null);
  return {
    total: percentiles(all?.['quantiles']),
    byStart: byStart(found.filter((row) => row['start'] !== null)),
    histogram: binsOf(countsOfRow(all)),
  };
}

/** The few latencies that the percentiles of the whole range need are read beside those of each bucket, which are sorted. */
async function exactByTime(
  rows: ReadRows,
  filter: AnalyticsFilter,
  state: StoredState,
  width: number,
): Promise<LatenciesByTime> {
  const counts = await countsOf(rows, filter, state);
  const conditions = filtered(filter, state.daysOf(filter)).number('width', width);
  const sql = `
    SELECT start, percentile_cont(ARRAY[${QUANTILES.join(', ')}]) WITHIN GROUP (ORDER BY latency_ms) AS quantiles,
           ${LATENCY_BYTES} FILTER (WHERE ${isWithinSql('$edges')}) AS latencies
    FROM (SELECT event_time / $width * $width AS start, latency_ms FROM ${tableOf(filter)} ${conditions.where}) AS e GROUP BY start`;
  let found: readonly Row[] = [];
  const [total = NONE] = await exactPercentiles([counts], async ([edges]) => {
    found = await rows(conditions.value('edges', 'float8[]', edges).query(sql));
    return [joined(found.map((row) => latenciesOf(row['latencies'])))];
  });
  return { total, byStart: byStart(found), histogram: binsOf(counts) };
}

function byStart(found: readonly Row[]): LatenciesByTime['byStart'] {
  return new Map(found.map((row) => [number(row['start']), percentiles(row['quantiles'])]));
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let begin = 0;
  for (const part of parts) {
    all.set(part, begin);
    begin += part.length;
  }
  return all;
}

/**
 * One row for each bucket of time, and one for all, whose `start` is NULL. Most is grouped by one number for both buckets, in half the time
 * that two keys or several sets of keys take.
 */
function estimatedByTimeSql(given: string): string {
  const paired = `(
    SELECT ms / $width * ${BUCKETS} + bucket + ${BUCKETS / 2} AS pair, sum(count::float8) AS count
    FROM ${given} AS given WHERE bucket IS NOT NULL GROUP BY 1)`;
  const counted = `(
    SELECT start, bucket, sum(count)::bigint AS count
    FROM (
      SELECT pair / ${BUCKETS} * $width AS start, (pair % ${BUCKETS})::int - ${BUCKETS / 2} AS bucket, count FROM ${paired} AS p) AS each
    GROUP BY GROUPING SETS ((start, bucket), (bucket)))`;
  const ofAll = COUNTED.map((each) => each.replace(/^(.*) AS/, 'CASE WHEN start IS NULL THEN $1 END AS'));
  return `SELECT * FROM ${quantilesSql(counted, ['start'], QUANTILES, latencyValueSql, { also: ofAll })} AS estimated`;
}

/** Of each bucket of a range, what is counted of a range: SQL in parentheses with the columns `bucket` and `count`. */
function countedSql(filter: AnalyticsFilter, range: RollupRange, periods: readonly number[]): string {
  return `(
    SELECT bucket, sum(count::float8)::bigint AS count
    FROM ${requestsSql(range, periods, LATENCIES, isOfEndpoint(filter))} AS latencies WHERE bucket IS NOT NULL GROUP BY bucket)`;
}

/** How many latencies of a short range lie in which bucket. */
async function countsOf(rows: ReadRows, filter: AnalyticsFilter, state: StoredState): Promise<BucketCounts> {
  const range = rollupRange(filter, state, PERIODS.hour);
  const counted = countedSql(filter, range, PERIODS.hour);
  const sql = `SELECT ${COUNTED.join(', ')} FROM ${counted} AS counted`;
  const [row] = await rows(range.conditions().query(sql));
  return countsOfRow(row);
}

/** The percentiles of a whole range. */
export async function latencyTotals(
  rows: ReadRows,
  filter: AnalyticsFilter,
  state: StoredState,
): Promise<Percentiles> {
  if (state.isLarge) {
    const range = rollupRange(filter, state, PERIODS.day);
    const counted = countedSql(filter, range, PERIODS.day);
    const estimated = quantilesSql(counted, [], QUANTILES, latencyValueSql);
    const [row] = await rows(range.conditions().query(`SELECT quantiles FROM ${estimated} AS estimated`));
    return percentiles(row?.['quantiles']);
  }
  const [exact = NONE] = await exactPercentiles([await countsOf(rows, filter, state)], async ([edges]) => {
    const conditions = filtered(filter, state.daysOf(filter)).value('edges', 'float8[]', edges);
    const { where } = conditions.and(isWithinSql('$edges'));
    const [row] = await rows(
      conditions.query(`SELECT ${LATENCY_BYTES} AS latencies FROM ${tableOf(filter)} ${where}`),
    );
    return [latenciesOf(row?.['latencies'])];
  });
  return exact;
}

/** An endpoint of an application, and how many of its latencies lie in which bucket. */
export interface CountedEndpoint extends EndpointKey {
  readonly clientId: string;
  readonly counts: BucketCounts;
}

/**
 * SQL in parentheses: columns `client_id`, `method`, `path` and `quantiles`, which are estimates; of a short range also `buckets` and `counts`, for
 * {@link exactByEndpoint}. For statements that bind the conditions of a range.
 *
 * @param beside - aggregates over `bucket`, `count` and the columns of what is joined, and that join, by the first three columns
 */
export function latenciesByEndpoint(
  filter: AnalyticsFilter,
  state: StoredState,
  beside: { readonly also: readonly string[]; readonly joined?: string },
): string {
  const periods = state.isLarge ? PERIODS.day : PERIODS.hour;
  const range = rollupRange(filter, state, periods);
  const counted = `(
    SELECT client_id, method, path, bucket, sum(count::float8)::bigint AS count
    FROM ${requestsSql(range, periods, withEndpoint(LATENCIES), true)} AS latencies WHERE bucket IS NOT NULL
    GROUP BY client_id, method, path, bucket)`;
  return quantilesSql(counted, ['client_id', 'method', 'path'], QUANTILES, latencyValueSql, {
    ...beside,
    also: state.isLarge ? beside.also : [...COUNTED, ...beside.also],
  });
}

/** The percentiles of some endpoints, in their order. */
export async function exactByEndpoint(
  rows: ReadRows,
  filter: AnalyticsFilter,
  { daysOf }: StoredState,
  endpoints: readonly CountedEndpoint[],
): Promise<readonly Percentiles[]> {
  const groups = endpoints.map(({ counts }) => counts);
  return exactPercentiles(groups, async (edges) => {
    const conditions = filtered(filter, daysOf(filter))
      .value(
        'client_ids',
        'text[]',
        endpoints.map(({ clientId }) => clientId),
      )
      .value(
        'methods',
        'text[]',
        endpoints.map(({ method }) => method),
      )
      .value(
        'paths',
        'text[]',
        endpoints.map(({ endpoint }) => endpoint),
      )
      .value(
        'edges',
        'text[]',
        edges.map((each) => `{${each.join(',')}}`),
      );
    const found = await rows(
      conditions.query(
        `SELECT place, ${LATENCY_BYTES} AS latencies
         FROM (SELECT ${LISTED_EVENT}, latency_ms FROM ${tableOf(filter)} ${conditions.where}) AS e
         JOIN (
           SELECT client_id, method, path, edges::float8[] AS edges, place
           FROM unnest($client_ids, $methods, $paths, $edges)
             WITH ORDINALITY AS given(client_id, method, path, edges, place) OFFSET 0) AS wanted
         USING (client_id, method, path)
         WHERE ${isWithinSql('edges')} GROUP BY place`,
      ),
    );
    const read = new Map(found.map((row) => [number(row['place']) - 1, latenciesOf(row['latencies'])]));
    return groups.map((_, index) => read.get(index) ?? new Float64Array());
  });
}
