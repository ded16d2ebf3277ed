import type { LatenciesQuery, LatencyCells } from '../../questions/latency-cells.ts';
import { number } from '../../rows/values.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { queryOf, type FactSource } from './source.ts';

/** Answers a {@link LatenciesQuery}. */
export async function latencyCellsOf(
  rows: ReadRows,
  { bucketMillis }: LatenciesQuery,
  source: FactSource,
): Promise<LatencyCells> {
  const found = await rows(
    queryOf(
      source,
      `SELECT (ms // $width) * $width AS start, bucket, sum(count)::BIGINT AS count
       FROM ${source.buckets} GROUP BY 1, 2`,
      { width: bucketMillis },
    ),
  );
  return found.map((row) => ({
    start: number(row['start']),
    bucket: number(row['bucket']),
    count: number(row['count']),
  }));
}
