import { MINUTE_MILLIS } from '../../../durations.ts';
import type { AnalyticsFilter, TimeRange } from '../../questions/analytics-filter.ts';
import { isToldByKeys } from '../../filter/event-filter.ts';
import { rangeParts, type RangeParts } from '../../figures/range-parts.ts';
import type { AggregateTable } from '../aggregates/tables.ts';
import type { Conditions } from '../engine/conditions.ts';
import { NO_DAY } from '../engine/days.ts';
import { filtered, IN_DAYS, ofEventsSql, ofKeysSql } from './filter.ts';
import { tableOf } from './put-aside.ts';
import type { StoredState } from './stored-state.ts';

/** With more stretches than these, it pays to search among them. */
const FEW = 4;

/** What is read of the aggregates, and what of single events: SQL in parentheses, for statements that bind its conditions. */
export interface RollupRange {
  /** Columns of the rows of a table whose periods lie in the range whole, and in no longer ones that are read. */
  readonly aggregated: (table: AggregateTable, columns: string) => string;
  /** Columns of the events that no such row counts: at both ends of the range, and those that are not aggregated yet. */
  readonly events: (columns: string) => string;
  /** Columns of the events of the whole range that are not aggregated yet. */
  readonly pending: (columns: string) => string;
  /** Values of the filter and of what is pending, and those that a statement adds. */
  readonly conditions: () => Conditions;
}

/** What the rows that are read tell. */
interface Told {
  /** Whether they tell what the filter means; the default is what its keys say. */
  readonly isTold?: boolean | undefined;
  /** Since when they hold everything, milliseconds; the default is always. Events are read before. */
  readonly from?: number;
}

/**
 * Cuts a filter's range into what aggregates hold and what only single events tell: everything, where the filter is about more than
 * keys, or what began when these were not kept yet. Where nothing is aggregated behind
 * the range's end, as in one that ends now, the periods that have just begun are read as if they were over.
 *
 * @param periods - lengths of the periods that are read, milliseconds, the longest first
 * @param cuts - instants that no period which is read lies on both sides of
 */
export function rollupRange(
  filter: AnalyticsFilter,
  state: StoredState,
  periods: readonly number[],
  cuts: readonly number[] = [],
  { isTold: isAggregated = isToldByKeys(filter), from = -Infinity }: Told = {},
): RollupRange {
  const { whole, rest } = partsBetween(filter, isAggregated ? periods : [], isAggregated ? cuts : [], {
    ...state,
    toldFrom: Math.max(from, state.toldFrom),
  });
  const ofEvents = ` AND ${IN_DAYS}${ofEventsSql(filter)}`;
  return {
    aggregated: (table, columns) => {
      const stretches = whole.get(table.periodMillis) ?? [];
      // Totals have no endpoint: who asks for one reads other tables. Where nothing is read, there may not be a column for each key.
      const ofKeys = stretches.length === 0 ? '' : ofKeysSql(filter, table.keys.includes('endpoint'));
      return `(SELECT ${columns} FROM ${table.name} WHERE ${startsWithin(stretches)} AND ${IN_DAYS}${ofKeys})`;
    },
    events: (columns) => {
      const parts = [
        ...eventsPart(tableOf(filter), columns, ofEvents, rest),
        ...pendingPart(columns, ofEvents, pendingStretches(whole, filter.until), state),
      ];
      return parts.length === 0 ? `(${none(columns)})` : `(${parts.join(' UNION ALL ')})`;
    },
    pending: (columns) => {
      const [part = none(columns)] = pendingPart(columns, ofEvents, [filter], state);
      return `(${part})`;
    },
    conditions: () =>
      filtered(filter, state.daysOf(filter))
        .value('pending_arrived', 'date[]', state.pending.arrived)
        .value('pending_low', 'bigint[]', state.pending.low)
        .value('pending_high', 'bigint[]', state.pending.high),
  };
}

function partsBetween(
  { since, until }: TimeRange,
  periods: readonly number[],
  cuts: readonly number[],
  state: StoredState,
): RangeParts {
  const from = Math.min(until, Math.max(since, state.toldFrom));
  const edges = [from, ...cuts.filter((cut) => cut > from && cut < until), until];
  const whole = new Map<number, readonly TimeRange[]>();
  const rest: TimeRange[] = from > since ? [{ since, until: from }] : [];
  for (const [index, edge] of edges.slice(1).entries()) {
    const isOpen = (period: number): boolean =>
      edge === until && until >= (period === MINUTE_MILLIS ? state.minutesBefore : state.before);
    const parts = rangeParts({ since: edges[index] ?? from, until: edge }, periods, isOpen);
    for (const [period, stretches] of parts.whole)
      whole.set(period, [...(whole.get(period) ?? []), ...stretches]);
    rest.push(...parts.rest);
  }
  return { whole, rest };
}

/** One stretch after the other where there are many: to plan for all of them at once, in each partition, takes longer than to read them. */
function eventsPart(
  table: string,
  columns: string,
  ofEvents: string,
  stretches: readonly TimeRange[],
): readonly string[] {
  if (stretches.length === 0) return [];
  if (stretches.length <= FEW)
    return [`SELECT ${columns} FROM ${table} WHERE ${withinAny('event_time', stretches)}${ofEvents}`];
  const values = stretches.map(({ since, until }) => `(${since}::bigint, ${until}::bigint)`).join(', ');
  return [
    `SELECT e.* FROM (VALUES ${values}) AS s(since, until), LATERAL (
       SELECT ${columns} FROM ${table} WHERE event_time >= s.since AND event_time < s.until${ofEvents} OFFSET 0) AS e`,
  ];
}

/** No events, as SQL. */
function none(columns: string): string {
  return `SELECT ${columns} FROM events WHERE arrived = '${NO_DAY}'`;
}

/** Minutes are written with the events: nothing of theirs is ever pending. */
function pendingStretches(
  whole: ReadonlyMap<number, readonly TimeRange[]>,
  until: number,
): readonly TimeRange[] {
  return [...whole]
    .flatMap(([period, stretches]) => (period === MINUTE_MILLIS ? [] : stretches))
    .map((stretch) => ({ since: stretch.since, until: Math.min(stretch.until, until) }));
}

/** Batch by batch, by the index of ids: the planner would rather read a day of them than guess how few there are. */
function pendingPart(
  columns: string,
  ofEvents: string,
  stretches: readonly TimeRange[],
  { pending }: StoredState,
): readonly string[] {
  if (pending.low.length === 0 || stretches.length === 0) return [];
  return [
    `SELECT e.* FROM unnest($pending_arrived, $pending_low, $pending_high) AS p(day, low, high), LATERAL (
       SELECT ${columns} FROM events
       WHERE arrived = day AND id >= low AND id < high AND ${withinAny('event_time', stretches)}${ofEvents} OFFSET 0) AS e`,
  ];
}

/** The same of the begins of periods. One search among the ends of many stretches takes less than a comparison with each. */
function startsWithin(stretches: readonly TimeRange[]): string {
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (first === undefined || last === undefined || stretches.length <= FEW)
    return withinAny('start', stretches);
  const edges = stretches.flatMap(({ since, until }) => [since, until]);
  return `(start >= ${first.since} AND start < ${last.until} AND width_bucket(start, ARRAY[${edges.join(', ')}]::bigint[]) % 2 = 1)`;
}

function withinAny(column: string, stretches: readonly TimeRange[]): string {
  if (stretches.length === 0) return 'false';
  const each = stretches.map(({ since, until }) => `${column} >= ${since} AND ${column} < ${until}`);
  return `(${each.join(' OR ')})`;
}
