import type { LatenciesQuery, LatencyCells } from '../../questions/latency-cells.ts';
import { number } from '../../rows/values.ts';
import type { ReadRows } from '../engine/reads.ts';
import { grainOf, isOfEndpoint, LATENCIES, PERIODS, requestsSql } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

/** Answers a {@link LatenciesQuery}. */
export async function latencyCellsOf(
  rows: ReadRows,
  query: LatenciesQuery,
  state: StoredState,
): Promise<LatencyCells> {
  const grain = grainOf(query, state);
  const periods = grain === undefined ? [] : PERIODS[grain];
  const range = rollupRange(query, state, periods);
  const found = await rows(
    range
      .conditions()
      .number('width', query.bucketMillis)
      .query(
        `SELECT ms / $width * $width AS start, bucket, sum(count::float8)::bigint AS count
         FROM ${requestsSql(range, periods, LATENCIES, isOfEndpoint(query))} AS latencies
         WHERE bucket IS NOT NULL GROUP BY 1, 2`,
      ),
  );
  return found.map((row) => ({
    start: number(row['start']),
    bucket: number(row['bucket']),
    count: number(row['count']),
  }));
}
