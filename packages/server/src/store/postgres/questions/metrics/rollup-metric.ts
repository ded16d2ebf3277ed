import { DAY_MILLIS, HOUR_MILLIS } from '../../../../durations.ts';
import { MAX_METRIC_ENDPOINTS, MAX_SHARES, type MetricQuery } from '../../../questions/metrics.ts';
import { linearBin, linearBins } from '../../../figures/linear-bins.ts';
import { metricBucketSql, metricQuantilesSql, metricValue } from '../../aggregates/log-bucket-sql.ts';
import { METRICS_JSON, metricNumberSql, metricTypeSql } from '../../aggregates/metric-sql.ts';
import { DAY_METRICS, HOUR_METRIC_TOTALS, HOUR_METRICS } from '../../aggregates/tables.ts';
import { ENDPOINT_NAME, storable } from '../../engine/conditions.ts';
import type { ReadRows } from '../../engine/reads.ts';
import { numbers, rowsOf } from '../../engine/values.ts';
import { number, type Row } from '../../../rows/values.ts';
import { jsonRows, toGroup, toPoint, toShare, type MetricParts, type NumberParts } from './metric-parts.ts';
import { isOfEndpoint } from '../requests.ts';
import { rollupRange, type RollupRange } from '../rollup-range.ts';
import type { StoredState } from '../stored-state.ts';

const MEASURES = `numbers, booleans, strings, lists, objects, total, buckets, bucket_counts, leasts, greatests, texts, text_counts`;

const EVENTS = 'numbers + booleans + strings + lists + objects';

/** Reads a metric from aggregates of whole hours, and from single events beside them; endpoints from days too. */
export async function rollupMetric(
  rows: ReadRows,
  query: MetricQuery,
  state: StoredState,
): Promise<MetricParts> {
  const ofEndpoint = isOfEndpoint(query);
  const hours = rollupRange(query, state, [HOUR_MILLIS]);
  const totals = ofEndpoint ? HOUR_METRICS : HOUR_METRIC_TOTALS;
  const metric = `(${hours.aggregated(totals, `start AS ms, name, ${MEASURES}`)} UNION ALL SELECT ms, name, ${MEASURES} FROM ${eventRows(hours)} AS e)`;
  const [row = {}] = await rows(
    hours
      .conditions()
      .value('name', 'text', storable(query.name))
      .number('width', query.bucketMillis)
      .query(
        `WITH m AS MATERIALIZED (
           SELECT ms / $width * $width AS start, ${MEASURES} FROM ${metric} AS given WHERE name = $name),
         counted AS MATERIALIZED (
           SELECT start, bucket, sum(n::float8)::bigint AS count, min(least) AS least, max(greatest) AS greatest
           FROM (
             SELECT start, unnest(buckets) AS bucket, unnest(bucket_counts) AS n, unnest(leasts) AS least, unnest(greatests) AS greatest
             FROM m) AS each
           GROUP BY GROUPING SETS ((start, bucket), (bucket)))
         SELECT (SELECT sum(${EVENTS}) FROM m) AS events, (SELECT sum(booleans + strings) FROM m) AS shared,
           ${jsonRows(NUMBERS)} AS numbers,
           ${jsonRows('SELECT bucket, count, least, greatest FROM counted WHERE start IS NULL')} AS buckets,
           ${jsonRows(`SELECT value, sum(n) AS count FROM (SELECT unnest(texts) AS value, unnest(text_counts) AS n FROM m) AS each GROUP BY value ORDER BY 2 DESC, value COLLATE "C" LIMIT ${MAX_SHARES + 1}`)} AS shares`,
      ),
  );
  return {
    events: number(row['events']),
    numbers: numbersOf(rowsOf(row['numbers']), rowsOf(row['buckets'])),
    shares: rowsOf(row['shares']).flatMap(toShare),
    shared: number(row['shared']),
    groups: query.byEndpoint ? (await groupsOf(rows, query, state)).map(toGroup) : [],
  };
}

/** One row for each bucket of time that has numbers, and one for all, whose `start` is NULL. */
const NUMBERS = `
  SELECT t.start, t.count, t.mean, q.quantiles
  FROM (
    SELECT start, sum(numbers) AS count, sum(total) / sum(numbers) AS mean FROM m WHERE numbers > 0
    GROUP BY GROUPING SETS ((start), ()) HAVING sum(numbers) > 0) AS t
  LEFT JOIN ${metricQuantilesSql('counted', ['start'], [0.5, 0.95])} AS q ON q.start IS NOT DISTINCT FROM t.start`;

/** SQL for an array of one value, or of none. */
function one(condition: string, value: string, type: string): string {
  return `CASE WHEN ${condition} THEN ARRAY[${value}] ELSE '{}' END::${type}`;
}

/** Events as rows of aggregates. `OFFSET 0` keeps what is computed once from being computed wherever it is named. */
function eventRows(range: RollupRange): string {
  const ofType = ['number', 'boolean', 'string', 'list', 'object'].map(
    (type) => `(type = '${type}')::int AS ${type}s`,
  );
  const isText = `type IN ('boolean', 'string')`;
  return `(
    SELECT ms, method, path, $name AS name, ${ofType.join(', ')}, coalesce(number, 0) AS total,
           ${one('number IS NOT NULL', metricBucketSql('number'), 'smallint[]')} AS buckets,
           ${one('number IS NOT NULL', '1', 'bigint[]')} AS bucket_counts,
           ${one('number IS NOT NULL', 'number', 'float8[]')} AS leasts, ${one('number IS NOT NULL', 'number', 'float8[]')} AS greatests,
           ${one(isText, 'json', 'text[]')} AS texts, ${one(isText, '1', 'bigint[]')} AS text_counts
    FROM (
      SELECT *, CASE type WHEN 'number' THEN ${metricNumberSql('json')} END AS number
      FROM (
        SELECT *, ${metricTypeSql('json')} AS type
        FROM (
          SELECT ms, method, path, (${METRICS_JSON} -> $name)::text AS json
          FROM ${range.events(`event_time AS ms, method, ${ENDPOINT_NAME} AS path, custom_data`)} AS e OFFSET 0) AS found
        WHERE json <> 'null') AS typed OFFSET 0) AS parsed)`;
}

async function groupsOf(rows: ReadRows, query: MetricQuery, state: StoredState): Promise<readonly Row[]> {
  const range = rollupRange(query, state, [DAY_MILLIS, HOUR_MILLIS]);
  const columns = `method, endpoint AS path, name, ${MEASURES}`;
  const metric = [
    ...[DAY_METRICS, HOUR_METRICS].map((table) => range.aggregated(table, columns)),
    `SELECT method, path, name, ${MEASURES} FROM ${eventRows(range)} AS e`,
  ].join(' UNION ALL ');
  const counted = `(
    SELECT method, path, bucket, sum(n::float8)::bigint AS count, min(least) AS least, max(greatest) AS greatest
    FROM (
      SELECT method, path, unnest(buckets) AS bucket, unnest(bucket_counts) AS n, unnest(leasts) AS least, unnest(greatests) AS greatest
      FROM m) AS each
    GROUP BY method, path, bucket)`;
  return rows(
    range
      .conditions()
      .value('name', 'text', storable(query.name))
      .query(
        `WITH m AS MATERIALIZED (SELECT * FROM (${metric}) AS given WHERE name = $name)
         SELECT e.*, q.quantiles[1] AS p95, t.value, t.count
         FROM (
           SELECT method, path, sum(${EVENTS})::bigint AS events, sum(total) / nullif(sum(numbers), 0)::float8 AS mean
           FROM m GROUP BY method, path
           ORDER BY events DESC, path COLLATE "C", method COLLATE "C" LIMIT ${MAX_METRIC_ENDPOINTS}) AS e
         LEFT JOIN ${metricQuantilesSql(counted, ['method', 'path'], [0.95])} AS q USING (method, path)
         LEFT JOIN (
           SELECT DISTINCT ON (method, path) method, path, value, sum(n::float8)::bigint AS count
           FROM (SELECT method, path, unnest(texts) AS value, unnest(text_counts) AS n FROM m) AS each
           GROUP BY method, path, value
           ORDER BY method, path, sum(n) DESC, value COLLATE "C") AS t USING (method, path)
         ORDER BY e.events DESC, path COLLATE "C", method COLLATE "C"`,
      ),
  );
}

function numbersOf(rows: readonly Row[], buckets: readonly Row[]): NumberParts | undefined {
  const total = rows.find((row) => row['start'] === null);
  if (total === undefined || buckets.length === 0) return undefined;
  const min = Math.min(...buckets.map((bucket) => number(bucket['least'])));
  const max = Math.max(...buckets.map((bucket) => number(bucket['greatest'])));
  const [p50 = 0, p95 = 0] = numbers(total['quantiles']);
  const series = rows.filter((row) => row['start'] !== null);
  return {
    count: number(total['count']),
    min,
    max,
    mean: number(total['mean']),
    p50,
    p95,
    series: series.map((row) => toPoint({ ...row, p95: numbers(row['quantiles'])[1] })),
    histogram: binned(buckets, min, max),
  };
}

/** A bucket's value is none that was not sent where it holds only one. */
function binned(buckets: readonly Row[], min: number, max: number): ReadonlyMap<number, number> {
  const bins = linearBins(min, max);
  const counts = new Map<number, number>();
  for (const { bucket, count, least, greatest } of buckets) {
    const value = Math.min(Math.max(metricValue(number(bucket)), number(least)), number(greatest));
    const bin = linearBin(bins, value);
    counts.set(bin, (counts.get(bin) ?? 0) + number(count));
  }
  return counts;
}
