import { GAMMA, MAX_LATENCY_BUCKET, MIN_LATENCY_BUCKET } from '../../figures/log-buckets.ts';

/** Puts the buckets of numbers below one on the positive side, so that the sign of a number has a place. */
const METRIC_OFFSET = 1000;
const MAX_METRIC_BUCKET = 30_000;

/** SQL for `latencyBucket` of an expression; NULL for NULL. */
export function latencyBucketSql(expression: string): string {
  return `CASE WHEN ${expression} <= pow(${GAMMA}, ${MIN_LATENCY_BUCKET}) THEN ${MIN_LATENCY_BUCKET}
    WHEN ${expression} IS NOT NULL
    THEN least(${MAX_LATENCY_BUCKET}, ceil(ln(${expression}) / ln(${GAMMA}::DOUBLE)))::SMALLINT END`;
}

/** SQL for the value that stands for all of a bucket of latencies. */
export function latencyValueSql(bucket: string): string {
  return `CASE WHEN ${bucket} = ${MIN_LATENCY_BUCKET} THEN 0::DOUBLE
    ELSE ${2 / (GAMMA + 1)} * pow(${GAMMA}::DOUBLE, ${bucket}) END`;
}

/** SQL for the bucket of any number, which has its sign; 0 for zero and what is closer to it than 1e-17. */
export function metricBucketSql(expression: string): string {
  const index = `ceil(ln(abs(${expression})) / ln(${GAMMA}::DOUBLE)) + ${METRIC_OFFSET}`;
  return `CASE WHEN abs(${expression}) < 1e-17 THEN 0
    ELSE (sign(${expression}) * least(${MAX_METRIC_BUCKET}, greatest(1, ${index})))::SMALLINT END`;
}

/**
 * SQL for the value that stands for all numbers of a bucket. It is between the least and the greatest of them, so that it is none
 * that was not sent where there is only one.
 */
export function metricValueSql(bucket: string, least: string, greatest: string): string {
  const middle = `sign(${bucket}) * ${2 / (GAMMA + 1)} * pow(${GAMMA}::DOUBLE, abs(${bucket}) - ${METRIC_OFFSET})`;
  return `least(greatest(${middle}, ${least}), ${greatest})`;
}

/** Where a quantile lies among the ranks, with its fraction. */
function placeSql(q: number): string {
  return `(any_value(everything) - 1) * ${q}::DOUBLE`;
}

/** What is selected beside quantiles. */
interface BesideQuantiles {
  /** Aggregates over `bucket`, `count` and the columns of what is joined. */
  readonly also?: readonly string[] | undefined;
  /** A join by the keys, with at most one row for each combination of them. */
  readonly joined?: string | undefined;
}

/**
 * SQL for quantiles of counted buckets, interpolated between the two nearest ranks as `quantile_cont` does. So each is
 * between two values that are both within the error of a bucket.
 *
 * @param relation - has the keys' columns, `bucket` and `count`
 * @param beside - what else is selected
 * @returns a relation with one row per combination of keys and a list `quantiles`
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
    const rank = `(everything - 1) * ${q}::DOUBLE`;
    return `${atRank(`floor(${rank})`)} + (${atRank(`ceil(${rank})`)} - ${atRank(`floor(${rank})`)})
      * (${placeSql(q)} - floor(${placeSql(q)}))`;
  });
  return `(
    SELECT ${[...keys, `[${each.join(', ')}] AS quantiles`, ...also].join(', ')}
    FROM (
      SELECT ${names} bucket, sum(count) AS count, sum(sum(count)) OVER (${partition} ORDER BY bucket) AS below,
             sum(sum(count)) OVER (${partition}) AS everything
      FROM ${relation} GROUP BY ${names} bucket) ${joined}
    ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`})`;
}
