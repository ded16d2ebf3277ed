import { HOUR_MILLIS } from '../../../durations.ts';
import type { TimeRange } from '../../questions/analytics.ts';
import type { HourCount } from '../../questions/latest-values.ts';
import { number } from '../../rows/values.ts';
import { HOUR_TOTALS } from '../aggregates/tables.ts';
import type { ReadRows } from '../engine/reads.ts';
import { rollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

/** Requests in a range by hours, of all applications. All rows tell it, also those that do not tell what the question is about. */
export async function hourCounts(
  rows: ReadRows,
  { since, until }: TimeRange,
  state: StoredState,
): Promise<readonly HourCount[]> {
  const range = rollupRange({ since, until }, { ...state, toldFrom: -Infinity }, [HOUR_MILLIS]);
  const found = await rows(
    range.conditions().query(
      `SELECT start, sum(requests::float8)::bigint AS requests
       FROM (
         SELECT * FROM ${range.aggregated(HOUR_TOTALS, 'start, requests')} AS a
         UNION ALL
         SELECT * FROM ${range.events(`event_time - event_time % ${HOUR_MILLIS} AS start, 1 AS requests`)} AS e) AS p
       GROUP BY start`,
    ),
  );
  return found.map((row) => ({ start: number(row['start']), requests: number(row['requests']) }));
}
