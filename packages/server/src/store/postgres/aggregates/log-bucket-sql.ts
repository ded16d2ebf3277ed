import { GAMMA, MAX_LATENCY_BUCKET, MIN_LATENCY_BUCKET } from '../../figures/log-buckets.ts';

/** Puts the buckets of numbers below one on the positive side, so that the sign of a number has a place. */
const METRIC_OFFSET = 1000;
const MAX_METRIC_BUCKET = 30_000;

const LN_GAMMA = Math.log(GAMMA);

/** SQL for `latencyBucket` of an expression; NULL for NULL. */
export function latencyBucketSql(expression: string): string {
  return `CASE WHEN ${expression} <= ${GAMMA ** MIN_LATENCY_BUCKET}::float8 THEN ${MIN_LATENCY_BUCKET}::smallint
    WHEN ${expression} IS NOT NULL
    THEN least(${MAX_LATENCY_BUCKET}, ceil(ln(${expression}) / ${LN_GAMMA}::float8))::smallint END`;
}

/** SQL for the value that stands for all of a bucket of latencies. */
export function latencyValueSql(bucket: string): string {
  return `CASE WHEN ${bucket} = ${MIN_LATENCY_BUCKET} THEN 0::float8
    ELSE ${2 / (GAMMA + 1)}::float8 * power(${GAMMA}::float8, (${bucket})::float8) END`;
}

/** SQL for the bucket of any number, which has its sign; 0 for zero and what is closer to it than 1e-17. */
export function metricBucketSql(expression: string): string {
  const index = `ceil(ln(abs(${expression})) / ${LN_GAMMA}::float8) + ${METRIC_OFFSET}`;
  return `CASE WHEN abs(${expression}) < 1e-17 THEN 0::smallint
    ELSE (sign(${expression}) * least(${MAX_METRIC_BUCKET}, greatest(1, ${index})))::smallint END`;
}

/** SQL for the value that stands for all of a bucket of numbers. */
function metricValueSql(bucket: string): string {
  return `CASE WHEN ${bucket} = 0 THEN 0::float8
    ELSE sign((${bucket})::float8) * ${2 / (GAMMA + 1)}::float8
         * power(${GAMMA}::float8, (abs(${bucket}) - ${METRIC_OFFSET})::float8) END`;
}

/** The value that stands for all of a bucket of numbers. */
export function metricValue(bucket: number): number {
  return Math.sign(bucket) * (2 / (GAMMA + 1)) * GAMMA ** (Math.abs(bucket) - METRIC_OFFSET);
}

/** What is selected beside quantiles. */
interface BesideQuantiles {
  /** Aggregates over `bucket`, `count` and the columns of what is joined. */
  readonly also?: readonly string[] | undefined;
  /** A join by the keys, with at most one row for each combination of them. */
  readonly joined?: string | undefined;
}

/**
 * SQL for quantiles of counted buckets, interpolated between the two nearest ranks as `percentile_cont` does. So each is
 * between two values that are both within the error of a bucket.
 *
 * @param relation - has the keys' columns, `bucket` and `count`, one row for each bucket of a combination of keys
 * @param beside - what else is selected
 * @returns a relation with one row per combination of keys and an array `quantiles`
 */
export function quantilesSql(
  relation: string,
  keys: readonly string[],
  quantiles: readonly number[],
  valueOf: (bucket: string) => string,
  { also = [], joined = '' }: BesideQuantiles = {},
): string {
  const partition = keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')}`;
  const names = keys.map((key) => `${key}, `).join('');
  const atRank = (rank: string): string => valueOf(`min(bucket) FILTER (WHERE below > ${rank})`);
  const each = quantiles.map((q) => {
    const rank = `(everything - 1) * ${q}::float8`;
    const place = `(max(everything) - 1) * ${q}::float8`;
    return `${atRank(`floor(${rank})`)} + (${atRank(`ceil(${rank})`)} - ${atRank(`floor(${rank})`)})
      * (${place} - floor(${place}))`;
  });
  return `(
    SELECT ${[...keys, `ARRAY[${each.join(', ')}] AS quantiles`, ...also].join(', ')}
    FROM (
      SELECT ${names} bucket, count, (sum(count) OVER (${partition} ORDER BY bucket))::float8 AS below,
             (sum(count) OVER (${partition}))::float8 AS everything
      FROM ${relation} AS counted) AS ranked ${joined}
    ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`})`;
}

/**
 * SQL for quantiles of counted buckets of numbers, of which each has the least and the greatest: a bucket's value lies between
 * them, so that it is none that was not sent where there is only one.
 *
 * @param relation - has the keys' columns, `bucket`, `count`, `least` and `greatest`, one row for each bucket of a combination of keys
 * @returns a relation with one row per combination of keys and an array `quantiles`
 */
export function metricQuantilesSql(
  relation: string,
  keys: readonly string[],
  quantiles: readonly number[],
): string {
  const names = keys.map((key) => `${key}, `).join('');
  const valued = `(
    SELECT ${names} least(greatest(${metricValueSql('bucket')}, least), greatest) AS bucket, count FROM ${relation} AS valued)`;
  return quantilesSql(valued, keys, quantiles, (value) => value);
}
