import { MAX_METRIC_ENDPOINTS, MAX_SHARES, type MetricQuery } from '../../../questions/metrics.ts';
import { quantilesSql } from '../../aggregates/log-bucket-sql.ts';
import { METRICS_JSON, metricNumberSql, metricTypeSql } from '../../aggregates/metric-sql.ts';
import { ENDPOINT_NAME, storable } from '../../engine/conditions.ts';
import type { ReadRows } from '../../engine/reads.ts';
import { rowsOf } from '../../engine/values.ts';
import { number, type Row } from '../../../rows/values.ts';
import { filtered } from '../filter.ts';
import { tableOf } from '../put-aside.ts';
import type { StoredState } from '../stored-state.ts';
import { jsonRows, toGroup, toPoint, toShare, type MetricParts } from './metric-parts.ts';

const NUMBERS = 'FROM m WHERE number IS NOT NULL';
const SUMS = 'sum(n)::bigint AS count, sum(number * n) / sum(n)::float8 AS mean';

/**
 * Bins of equal width, as `linearBin` has them; one where there is no room for more. What lies in the first is not divided: of very small
 * numbers beside very large ones a part may be too small for PostgreSQL to tell from zero, which fails.
 */
const BIN = `CASE WHEN width > 0 AND least + width > least AND number - least > width
  THEN least(19, ceil((number - least) / width) - 1)::int ELSE 0 END`;

/** SQL for whether bins hold whole numbers between `lo` and `hi`, as `linearBins` decides it. */
const HAS_WHOLE_BINS = `(hi - lo >= 5 AND lo = floor(lo) AND hi = floor(hi)
  AND lo - 1 >= ${Number.MIN_SAFE_INTEGER} AND hi <= ${Number.MAX_SAFE_INTEGER})`;

/** SQL for exact quantiles of the numbers of each combination of keys: each different number is a bucket of its own. */
function exactQuantilesSql(keys: readonly string[], quantiles: readonly number[]): string {
  const grouped = [...keys, 'number'].join(', ');
  const counted = `(SELECT ${grouped} AS bucket, sum(n)::bigint AS count ${NUMBERS} GROUP BY ${grouped})`;
  return quantilesSql(counted, keys, quantiles, (bucket) => bucket);
}

/**
 * Reads a metric of single events. Those with the same text are counted before anything else is done with it, for most metrics have
 * few different values.
 */
export async function exactMetric(
  rows: ReadRows,
  query: MetricQuery,
  { daysOf }: StoredState,
): Promise<MetricParts> {
  const conditions = filtered(query, daysOf(query));
  const endpoint = query.byEndpoint ? `method, ${ENDPOINT_NAME} AS path` : `'' AS method, '' AS path`;
  const [row = {}] = await rows(
    conditions
      .value('name', 'text', storable(query.name))
      .number('width', query.bucketMillis)
      .query(
        `WITH m AS MATERIALIZED (
           SELECT start, method, path, n, CASE type WHEN 'number' THEN ${metricNumberSql('json')} END AS number,
                  CASE WHEN type IN ('boolean', 'string') THEN json END AS value
           FROM (
             SELECT *, ${metricTypeSql('json')} AS type
             FROM (
               SELECT start, method, path, json, count(*) AS n
               FROM (
                 SELECT event_time / $width * $width AS start, ${endpoint}, (${METRICS_JSON} -> $name)::text AS json
                 FROM ${tableOf(query)} ${conditions.where} OFFSET 0) AS e
               WHERE json <> 'null' GROUP BY start, method, path, json) AS counted OFFSET 0) AS typed),
         span AS (
           SELECT CASE WHEN is_whole THEN lo - 1 ELSE lo END AS least,
                  CASE WHEN is_whole THEN ceil((hi - lo + 1) / 20) ELSE (hi - lo) / 20 END AS width
           FROM (SELECT lo, hi, ${HAS_WHOLE_BINS} AS is_whole FROM (
             SELECT min(number) AS lo, max(number) AS hi FROM m) AS ends) AS judged)
         SELECT (SELECT sum(n)::bigint FROM m) AS events,
           ${jsonRows(`SELECT * FROM (SELECT ${SUMS}, min(number) AS min, max(number) AS max ${NUMBERS}) AS t, ${exactQuantilesSql([], [0.5, 0.95])} AS q`)} AS numbers,
           ${jsonRows(`SELECT start, count, mean, quantiles[1] AS p95 FROM (SELECT start, ${SUMS} ${NUMBERS} GROUP BY start) AS t JOIN ${exactQuantilesSql(['start'], [0.95])} AS q USING (start)`)} AS series,
           ${jsonRows(`SELECT ${BIN} AS bin, sum(n)::bigint AS count FROM m, span WHERE number IS NOT NULL GROUP BY 1`)} AS histogram,
           ${jsonRows(`SELECT value, sum(n)::bigint AS count FROM m WHERE value IS NOT NULL GROUP BY value ORDER BY 2 DESC, value COLLATE "C" LIMIT ${MAX_SHARES + 1}`)} AS shares,
           (SELECT sum(n)::bigint FROM m WHERE value IS NOT NULL) AS shared,
           ${query.byEndpoint ? jsonRows(GROUPS) : `'[]'::json`} AS groups`,
      ),
  );
  return partsOf(row);
}

const GROUPS = `
  SELECT e.*, q.quantiles[1] AS p95, t.value, t.count
  FROM (
    SELECT method, path, sum(n)::bigint AS events,
           sum(number * n) / nullif(sum(n) FILTER (WHERE number IS NOT NULL), 0)::float8 AS mean
    FROM m GROUP BY method, path
    ORDER BY events DESC, path COLLATE "C", method COLLATE "C" LIMIT ${MAX_METRIC_ENDPOINTS}) AS e
  LEFT JOIN ${exactQuantilesSql(['method', 'path'], [0.95])} AS q USING (method, path)
  LEFT JOIN (
    SELECT DISTINCT ON (method, path) method, path, value, sum(n)::bigint AS count
    FROM m WHERE value IS NOT NULL GROUP BY method, path, value
    ORDER BY method, path, sum(n) DESC, value COLLATE "C") AS t USING (method, path)
  ORDER BY e.events DESC, path COLLATE "C", method COLLATE "C"`;

function partsOf(row: Row): MetricParts {
  const [totals = {}] = rowsOf(row['numbers']);
  const [p50, p95] = Array.isArray(totals['quantiles']) ? totals['quantiles'].map(number) : [];
  const count = number(totals['count']);
  return {
    events: number(row['events']),
    numbers:
      count === 0
        ? undefined
        : {
            count,
            min: number(totals['min']),
            max: number(totals['max']),
            mean: number(totals['mean']),
            p50: p50 ?? 0,
            p95: p95 ?? 0,
            series: rowsOf(row['series']).map(toPoint),
            histogram: new Map(
              rowsOf(row['histogram']).map((bin) => [number(bin['bin']), number(bin['count'])]),
            ),
          },
    shares: rowsOf(row['shares']).flatMap(toShare),
    shared: number(row['shared']),
    groups: rowsOf(row['groups']).map(toGroup),
  };
}
