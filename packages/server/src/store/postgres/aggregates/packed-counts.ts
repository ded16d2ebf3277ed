import type { CountedBucket } from '../../questions/latency-cells.ts';
import { MIN_LATENCY_BUCKET } from '../../figures/log-buckets.ts';

/** More buckets of latencies than there are. */
const BUCKETS = 1024;

const COMMA = 44;
const ZERO = 48;

/** SQL for a bucket and how many latencies lie in it, in one number. */
export function countedSql(bucket: string, count: string): string {
  return `(${count})::bigint * ${BUCKETS} + ${bucket} - (${MIN_LATENCY_BUCKET})`;
}

/** SQL for the columns `bucket` and `count` of each number in a text, as a relation in parentheses. */
export function unpackedSql(latencies: string): string {
  return `(
    SELECT (number % ${BUCKETS})::int + (${MIN_LATENCY_BUCKET}) AS bucket, number / ${BUCKETS} AS count
    FROM (SELECT unnest(('{' || ${latencies} || '}')::bigint[]) AS number) AS packed)`;
}

/** The same here, each bucket once. In SQL a number takes twenty times as long. */
export function unpacked(latencies: string): readonly CountedBucket[] {
  const counts = new Float64Array(BUCKETS);
  const add = (number: number): void => {
    const place = number % BUCKETS;
    counts[place] = (counts[place] ?? 0) + (number - place) / BUCKETS;
  };
  let number = 0;
  for (let index = 0; index < latencies.length; index += 1) {
    const code = latencies.charCodeAt(index);
    if (code === COMMA) {
      add(number);
      number = 0;
    } else number = number * 10 + code - ZERO;
  }
  add(number);
  const found: CountedBucket[] = [];
  for (let place = 0; place < BUCKETS; place += 1) {
    const count = counts[place] ?? 0;
    if (count > 0) found.push({ bucket: place + MIN_LATENCY_BUCKET, count });
  }
  return found;
}
