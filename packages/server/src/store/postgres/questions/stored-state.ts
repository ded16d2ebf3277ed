import type { TimeRange } from '../../analytics.ts';
import { endOf, isLong } from '../../figures/precision.ts';
import { idRanges } from '../aggregates/roll-up.ts';
import { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { rowsOf } from '../engine/values.ts';

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
  /** They hold none of this instant, milliseconds, or a later one. */
  readonly before: number;
  /** The same of minutes, which hold all that is stored. */
  readonly minutesBefore: number;
}

/**
 * Reads it, as far as it matters for what began in some ranges of which one is the question's.
 *
 * @param exactEvents - most events of the question's range that are read one by one
 */
export async function storedState(
  rows: ReadRows,
  { since, until }: TimeRange,
  range: TimeRange,
  exactEvents: number,
): Promise<StoredState> {
  const isLarge = isLong(range) || (await holdsMoreThan(rows, range, exactEvents));
  const end = endOf(range, isLarge);
  const [row] = await rows(
    new Conditions()
      .number('end', end)
      .number('since', since)
      .number('until', Math.max(end, until))
      .query(
        `SELECT EXISTS (SELECT FROM events WHERE event_time >= $end) AS is_stored_beyond,
                EXISTS (
                  SELECT FROM events WHERE event_time >= $end
                  AND id >> 14 NOT IN (SELECT batch FROM pending)) AS is_rolled_up_beyond,
                (SELECT json_agg(p) FROM (
                  SELECT batch, arrived::text AS arrived FROM pending WHERE last_time >= $since AND first_time < $until) AS p) AS pending`,
      ),
  );
  const ranges = idRanges(rowsOf(row?.['pending']));
  return {
    isLarge,
    pending: {
      arrived: ranges.flatMap(({ arrived, low }) => low.map(() => arrived)),
      low: ranges.flatMap(({ low }) => low),
      high: ranges.flatMap(({ high }) => high),
    },
    before: row?.['is_rolled_up_beyond'] === true ? Infinity : until,
    minutesBefore: row?.['is_stored_beyond'] === true ? Infinity : until,
  };
}

/** Whether more than some events began in a range, of whatever application. */
export async function holdsMoreThan(
  rows: ReadRows,
  { since, until }: TimeRange,
  events: number,
): Promise<boolean> {
  const [row] = await rows(
    new Conditions()
      .number('since', since)
      .number('until', until)
      .number('more', events + 1)
      .query(
        `SELECT count(*) = $more AS is_large
         FROM (SELECT FROM events WHERE event_time >= $since AND event_time < $until LIMIT $more) AS found`,
      ),
  );
  return row?.['is_large'] === true;
}
