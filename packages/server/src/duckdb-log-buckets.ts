import { GAMMA, MAX_LATENCY_BUCKET, MIN_LATENCY_BUCKET } from './log-buckets.ts';

/** SQL for {@link latencyBucket} of an expression; NULL for NULL. */
export function latencyBucketSql(expression: string): string {
  return `CASE WHEN ${expression} <= pow(${GAMMA}, ${MIN_LATENCY_BUCKET}) THEN ${MIN_LATENCY_BUCKET}
    ELSE least(${MAX_LATENCY_BUCKET}, ceil(ln(${expression}) / ln(${GAMMA}::DOUBLE)))::SMALLINT END`;
}
