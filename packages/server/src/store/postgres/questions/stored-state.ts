import type { AnalyticsFilter, TimeRange } from '../../questions/analytics-filter.ts';
import { isAboutOrigin, isToldByKeys } from '../../filter/event-filter.ts';
import { endOf, isLong } from '../../figures/precision.ts';
import { idRanges } from '../aggregates/roll-up.ts';
import { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { ORIGIN_DIMENSIONS, type ValuesQuery } from '../../questions/value-list.ts';
import { arrivalsOf, type Arrivals } from './arrival-days.ts';
import { filtered, IN_DAYS } from './filter.ts';
import { toldFrom } from './told-from.ts';

/** Which events the aggregates of hours and days hold, in the snapshot of a question. */
export interface StoredState {
  /** The question's range is answered from them: what it is about is estimated. */
  readonly isLarge: boolean;
  /** Those that they do not: ids from and below, and the days of their arrival. Arrays of the same length. */
  readonly pending: {
    readonly arrived: readonly string[];
    readonly low: readonly number[];
    readonly high: readonly number[];
  };
  /** On which days what began in a range arrived. */
  readonly daysOf: Arrivals['daysOf'];
  /** Since when the later tables hold what the others do, milliseconds. */
  readonly laterFrom: number;
  /** They hold none of this instant, milliseconds, or a later one. */
  readonly before: number;
  /** The same of minutes, which hold all that is stored. */
  readonly minutesBefore: number;
  /** Periods that begin before this instant do not answer the question; see {@link toldFrom}. */
  readonly toldFrom: number;
}

/** What a question about a range is about. */
type Question = AnalyticsFilter & Partial<Pick<ValuesQuery, 'of'>>;

/**
 * Reads it, as far as it matters for what began in some ranges of which one is the question's.
 *
 * @param exactEvents - most events of the question's range that are read one by one
 */
export async function storedState(
  rows: ReadRows,
  { since, until }: TimeRange,
  range: Question,
  exactEvents: number,
): Promise<StoredState> {
  const arrivals = await arrivalsOf(rows, { since, until: Math.max(endOf(range, true), until) });
  const { pending, daysOf } = arrivals;
  const isLarge = isLong(range) || (await holdsMoreThan(rows, range, exactEvents, daysOf(range)));
  const isBeyond = await storedBeyond(rows, endOf(range, isLarge), arrivals);
  const ranges = idRanges(pending);
  return {
    isLarge,
    pending: {
      arrived: ranges.flatMap(({ arrived, low }) => low.map(() => arrived)),
      low: ranges.flatMap(({ low }) => low),
      high: ranges.flatMap(({ high }) => high),
    },
    daysOf,
    laterFrom: arrivals.laterFrom,
    before: isBeyond.rolledUp ? Infinity : until,
    minutesBefore: isBeyond.rolledUp || isBeyond.pending ? Infinity : until,
    toldFrom: asksForOrigin(range) ? await toldFrom(rows, { since, until }, daysOf) : -Infinity,
  };
}

function asksForOrigin({ of, ...filter }: Question): boolean {
  return isToldByKeys(filter) && (isAboutOrigin(filter) || (of !== undefined && ORIGIN_DIMENSIONS.has(of)));
}

/** Whether something of an instant or a later one is stored, in the aggregates of hours and days, or pending. */
async function storedBeyond(
  rows: ReadRows,
  instant: number,
  { daysOf, isRolledUpAfterDayOf }: Arrivals,
): Promise<{ readonly rolledUp: boolean; readonly pending: boolean }> {
  if (isRolledUpAfterDayOf(instant)) return { rolledUp: true, pending: true };
  const [row] = await rows(
    new Conditions()
      .number('instant', instant)
      .value('days', 'date[]', daysOf({ since: instant, until: Infinity }))
      .query(
        `SELECT EXISTS (SELECT FROM pending WHERE last_time >= $instant) AS pending,
                EXISTS (
                  SELECT FROM events WHERE event_time >= $instant AND ${IN_DAYS}
                  AND id >> 14 NOT IN (SELECT batch FROM pending)) AS rolled_up`,
      ),
  );
  return { rolledUp: row?.['rolled_up'] === true, pending: row?.['pending'] === true };
}

/**
 * Whether more than some events began in a range, of whatever application.
 *
 * @param days - on which they may have arrived; undefined: on any
 */
export async function holdsMoreThan(
  rows: ReadRows,
  { since, until }: TimeRange,
  events: number,
  days?: readonly string[],
): Promise<boolean> {
  const conditions = filtered({ since, until }, days).number('more', events + 1);
  const [row] = await rows(
    conditions.query(
      `SELECT count(*) = $more AS is_large FROM (SELECT FROM events ${conditions.where} LIMIT $more) AS found`,
    ),
  );
  return row?.['is_large'] === true;
}
