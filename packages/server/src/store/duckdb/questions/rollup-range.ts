import { MINUTE_MILLIS } from '../../../durations.ts';
import type { AnalyticsFilter, TimeRange } from '../../questions/analytics-filter.ts';
import { isToldByKeys } from '../../filter/event-filter.ts';
import { rangeParts } from '../../figures/range-parts.ts';
import { instantSql } from '../engine/conditions.ts';
import { ofEventsSql, ofKeysSql } from './filter.ts';

/** Which events the aggregates hold. */
export interface RolledUp {
  /** The question's range is answered from the aggregates: what it is about is estimated. */
  readonly isLarge: boolean;
  /** All up to this id. */
  readonly upTo: number;
  /** Those of minutes also all above this id: they are written with the events. */
  readonly minutesFrom: number;
  /** None of this instant, milliseconds, or a later one: in those of hours and days. */
  readonly before: number;
  /** The same of minutes. */
  readonly minutesBefore: number;
}

/** What is read of the aggregates, and what of single events: SQL in parentheses, for statements that bind the filter. */
export interface RollupRange {
  /** The rows of a table whose periods, of this length, lie in the range whole, and in no longer ones that are read. */
  readonly aggregated: (table: string, period: number) => string;
  /** Columns of the events that no such row counts: at both ends of the range, and those that are not aggregated yet. */
  readonly events: (columns: string) => string;
}

/** Events of a stretch of time; `condition` is SQL. */
interface Pending extends TimeRange {
  readonly condition: string;
}

/**
 * Cuts a filter's range into what aggregates hold and what only single events tell: everything, where the filter is about more than
 * keys. Where nothing is aggregated behind
 * the range's end, as in one that ends now, the periods that have just begun are read as if they were over.
 *
 * @param periods - lengths of the periods that are read, milliseconds, the longest first
 * @param isTold - whether the rows that are read tell what the filter means
 */
export function rollupRange(
  filter: AnalyticsFilter,
  rolledUp: RolledUp,
  periods: readonly number[],
  isTold: boolean = isToldByKeys(filter),
): RollupRange {
  const { whole, rest } = rangeParts(
    filter,
    isTold ? periods : [],
    (period) => filter.until >= (period === MINUTE_MILLIS ? rolledUp.minutesBefore : rolledUp.before),
  );
  const ofKeys = ofKeysSql(filter);
  const ofEvents = ofEventsSql(filter);
  return {
    aggregated: (table, period) => {
      return all(
        (whole.get(period) ?? []).map((each) => `FROM ${table} WHERE ${within('start', each)}${ofKeys}`),
        table,
      );
    },
    events: (columns) => {
      const pending = pendingOf(whole, rolledUp).map((each) => ({
        ...each,
        until: Math.min(each.until, filter.until),
      }));
      const parts = [...rest.map((each) => ({ ...each, condition: '' })), ...pending];
      const select = ({ condition, ...range }: Pending): string =>
        `SELECT ${columns} FROM events
         WHERE ${within('event_time', range)} ${condition}${ofEvents}`;
      return parts.length === 0
        ? `(SELECT ${columns} FROM events WHERE false)`
        : all(parts.map((part) => select(part)));
    },
  };
}

/** What is to be aggregated yet in the periods that are read. */
function pendingOf(
  whole: ReadonlyMap<number, readonly TimeRange[]>,
  { upTo, minutesFrom }: RolledUp,
): readonly Pending[] {
  const longer = [...whole].flatMap(([period, stretches]) => (period === MINUTE_MILLIS ? [] : stretches));
  const minutes = minutesFrom > upTo ? (whole.get(MINUTE_MILLIS) ?? []) : [];
  return [
    // They lie side by side, the shorter around the longer.
    ...(longer.length === 0 ? [] : [{ ...spanOf(longer), condition: `AND id > ${upTo}` }]),
    ...minutes.map((each) => ({ ...each, condition: `AND id > ${upTo} AND id <= ${minutesFrom}` })),
  ];
}

function spanOf(stretches: readonly TimeRange[]): TimeRange {
  return {
    since: Math.min(...stretches.map(({ since }) => since)),
    until: Math.max(...stretches.map(({ until }) => until)),
  };
}

/** One scan for each, for DuckDB skips row groups by a condition that has no OR. */
function all(parts: readonly string[], empty = ''): string {
  return parts.length === 0 ? `(FROM ${empty} WHERE false)` : `(${parts.join(' UNION ALL ')})`;
}

function within(column: string, { since, until }: TimeRange): string {
  return `${column} >= ${instantSql(since)} AND ${column} < ${instantSql(until)}`;
}
