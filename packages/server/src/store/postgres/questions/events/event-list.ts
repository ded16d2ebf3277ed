import { DAY_MILLIS, HOUR_MILLIS } from '../../../../durations.ts';
import type { AnalyticsFilter } from '../../../questions/analytics-filter.ts';
import type { EventQuery } from '../../../questions/event-query.ts';
import type { BucketCounts } from '../../../figures/ranked-buckets.ts';
import { slowestEvents } from '../../../figures/slowest-events.ts';
import { number, type Row } from '../../../rows/values.ts';
import { DAY_TOTALS, DAYS, HOUR_TOTALS, HOURS } from '../../aggregates/tables.ts';
import type { ReadRows } from '../../engine/reads.ts';
import { eventsQuery } from './queries.ts';
import { isOfEndpoint } from '../requests.ts';
import { rollupRange } from '../rollup-range.ts';
import { storedState, type StoredState } from '../stored-state.ts';

/** Answers an {@link EventQuery}. */
export function eventListOf(rows: ReadRows, query: EventQuery): Promise<readonly Row[]> {
  let days: readonly string[] | undefined;
  return slowestEvents(query, {
    counts: async (range) => {
      const state = await storedState(rows, range, range, 0);
      days = state.daysOf(range);
      return countsOf(rows, range, state);
    },
    events: (asked) => rows(eventsQuery(asked, days)),
  });
}

/** Of whole hours, as far as they are aggregated. */
async function countsOf(rows: ReadRows, filter: AnalyticsFilter, state: StoredState): Promise<BucketCounts> {
  const range = rollupRange(filter, state, [DAY_MILLIS, HOUR_MILLIS], [], { isTold: true });
  const tables = isOfEndpoint(filter) ? [DAYS, HOURS] : [DAY_TOTALS, HOUR_TOTALS];
  const each = tables.map((table) =>
    range.aggregated(table, 'unnest(buckets) AS bucket, unnest(bucket_counts) AS count'),
  );
  const found = await rows(
    range
      .conditions()
      .query(
        `SELECT bucket, sum(count)::bigint AS count FROM (${each.join(' UNION ALL ')}) AS counted GROUP BY bucket`,
      ),
  );
  return new Map(found.map((row) => [number(row['bucket']), number(row['count'])]));
}
