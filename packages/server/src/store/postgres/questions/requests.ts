import { DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS } from '../../../durations.ts';
import type { AnalyticsFilter, TimeRange } from '../../questions/analytics-filter.ts';
import type { HourCount } from '../../questions/latest-values.ts';
import { isOfAllEndpoints } from '../../filter/event-filter.ts';
import { KIND_IS_CLIENT_ERROR, KIND_OF_EVENT } from '../aggregates/request-kind.ts';
import { latencyBucketSql } from '../aggregates/log-bucket-sql.ts';
import { DAY_TOTALS, DAYS, HOUR_TOTALS, HOURS, MINUTES, type AggregateTable } from '../aggregates/tables.ts';
import { ENDPOINT_NAME, IS_ERROR, listedMethodSql } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { number } from '../../rows/values.ts';
import { rollupRange, type RollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

/** Which aggregates are read: those of these periods where they are whole, and of the shorter ones beside them. */
export type Grain = 'minute' | 'hour' | 'day';

/** Lengths of the periods of each, the longest first. */
export const PERIODS: Readonly<Record<Grain, readonly number[]>> = {
  day: [DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS],
  hour: [HOUR_MILLIS, MINUTE_MILLIS],
  minute: [MINUTE_MILLIS],
};

/** The longest periods that buckets of a width can be made of; `undefined` where only single events can tell. */
export function grainOf(
  query: { readonly bucketMillis: number },
  { isLarge }: Pick<StoredState, 'isLarge'>,
): Grain | undefined {
  const isWhole = (period: number): boolean => query.bucketMillis % period === 0;
  if (!isWhole(MINUTE_MILLIS)) return undefined;
  if (!isLarge || !isWhole(HOUR_MILLIS)) return 'minute';
  return isWhole(DAY_MILLIS) ? 'day' : 'hour';
}

/** Columns of a row of aggregates, and of an event, that mean the same. */
interface Columns {
  readonly ofRow: string;
  readonly ofEvent: string;
}

/** `ms`, `method`, `kind` and `requests`. */
export const KINDS: Columns = {
  ofRow: 'start AS ms, method, unnest(kinds) AS kind, unnest(counts) AS requests',
  ofEvent: `event_time AS ms, method, ${KIND_OF_EVENT} AS kind, 1 AS requests`,
};

/** `ms` and `requests`. */
export const REQUESTS: Columns = {
  ofRow: 'start AS ms, requests',
  ofEvent: 'event_time AS ms, 1 AS requests',
};

/** `ms`, `requests`, `errors` and `client_errors`. */
export const SUMS: Columns = {
  ofRow: `start AS ms, requests, errors, (
    SELECT coalesce(sum(n), 0) FROM unnest(kinds, counts) AS k(kind, n) WHERE ${KIND_IS_CLIENT_ERROR}) AS client_errors`,
  ofEvent: `event_time AS ms, 1 AS requests, (${IS_ERROR})::int AS errors,
    coalesce(status_code BETWEEN 400 AND 499, false)::int AS client_errors`,
};

/** `ms`, `bucket` and `count` of latencies; the bucket of an event may be NULL. */
export const LATENCIES: Columns = {
  ofRow: 'start AS ms, unnest(buckets) AS bucket, unnest(bucket_counts) AS count',
  ofEvent: `event_time AS ms, ${latencyBucketSql('latency_ms')} AS bucket, 1 AS count`,
};

/** The same with what makes a row of the list of endpoints: `client_id`, `method` and `path`. */
export function withEndpoint({ ofRow, ofEvent }: Columns): Columns {
  return {
    ofRow: `client_id, ${listedMethodSql('endpoint')} AS method, endpoint AS path, ${ofRow}`,
    ofEvent: `${LISTED_EVENT}, ${ofEvent}`,
  };
}

/** The same of an event. */
export const LISTED_EVENT: string = `client_id, ${listedMethodSql(ENDPOINT_NAME)} AS method, ${ENDPOINT_NAME} AS path`;

/** The tables of requests, by their periods: with endpoints, or of all of them together, which is less to read. */
function tablesOf(byEndpoint: boolean): readonly AggregateTable[] {
  return byEndpoint ? [DAYS, HOURS, MINUTES] : [DAY_TOTALS, HOUR_TOTALS, MINUTES];
}

/**
 * What a range has of requests, as SQL in parentheses.
 *
 * @param periods - those that the range was cut into
 */
export function requestsSql(
  range: RollupRange,
  periods: readonly number[],
  columns: Columns,
  byEndpoint: boolean,
): string {
  const parts = tablesOf(byEndpoint)
    .filter(({ periodMillis }) => periods.includes(periodMillis))
    .map((table) => range.aggregated(table, columns.ofRow));
  return `(${[...parts, range.events(columns.ofEvent)].join(' UNION ALL ')})`;
}

/** Whether only rows that tell endpoints apart can answer. */
export function isOfEndpoint(filter: AnalyticsFilter): boolean {
  return !isOfAllEndpoints(filter);
}

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
