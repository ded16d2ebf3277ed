import { HOUR_MILLIS } from '../../../durations.ts';
import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import type { EventQuery } from '../../questions/event-query.ts';
import { rangeParts } from '../../figures/range-parts.ts';
import type { BucketCounts } from '../../figures/ranked-buckets.ts';
import { slowestEvents } from '../../figures/slowest-events.ts';
import { number, type Row } from '../../rows/values.ts';
import { instantSql } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { filtered, ofKeysSql } from './filter.ts';
import { eventsQuery } from './queries.ts';

/** Answers an {@link EventQuery} in an order that is not one of time. */
export function eventListOf(rows: ReadRows, query: EventQuery): Promise<readonly Row[]> {
  return slowestEvents(query, {
    counts: (range) => countsOf(rows, range),
    events: (asked) => rows(eventsQuery(asked)),
  });
}

/** Of whole hours, as far as they are aggregated. */
async function countsOf(rows: ReadRows, filter: AnalyticsFilter): Promise<BucketCounts> {
  const [hours] = rangeParts(filter, [HOUR_MILLIS]).whole.get(HOUR_MILLIS) ?? [];
  if (hours === undefined) return new Map();
  const found = await rows(
    filtered(filter).query(
      `SELECT bucket, sum(requests)::BIGINT AS count FROM hour_latencies
       WHERE start >= ${instantSql(hours.since)} AND start < ${instantSql(hours.until)}${ofKeysSql(filter)} GROUP BY bucket`,
    ),
  );
  return new Map(found.map((row) => [number(row['bucket']), number(row['count'])]));
}
