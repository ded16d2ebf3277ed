import { DAY_MILLIS } from '../../../durations.ts';
import type { TimeRange } from '../../questions/analytics-filter.ts';
import { number, text, type Row } from '../../rows/values.ts';
import { DAY_TOTALS } from '../aggregates/tables.ts';
import { Conditions } from '../engine/conditions.ts';
import { dayBegin, NO_DAY } from '../engine/days.ts';
import type { ReadRows } from '../engine/reads.ts';
import { rowsOf } from '../engine/values.ts';

/** When what began in a range has arrived, and what of it is pending, in the snapshot of a question. */
export interface Arrivals {
  /** Batches, with `batch` and `arrived`, of which some events began in the range. */
  readonly pending: readonly Row[];
  /**
   * Days on which something arrived that began in a range within that one, as PostgreSQL writes dates. To look into partitions
   * of other days, and to plan for it, would take longer than to read what is there.
   */
  readonly daysOf: (range: TimeRange) => readonly string[];
  /** The later tables hold all that began at this instant, milliseconds, or later, and is not pending. */
  readonly laterFrom: number;
  /** Whether the totals of a later day than that of an instant hold something: then there is no need to look for it. */
  readonly isRolledUpAfterDayOf: (instant: number) => boolean;
}

/** Every event is in the totals of a day, or pending. */
export async function arrivalsOf(rows: ReadRows, { since, until }: TimeRange): Promise<Arrivals> {
  const [row] = await rows(
    new Conditions()
      .number('since', since)
      .number('until', until)
      .number('day', dayBegin(since))
      .query(
        `SELECT (SELECT json_agg(d) FROM (
                   SELECT arrived::text AS arrived, start, sum(requests) > coalesce(sum(told), 0) AS lacks
                   FROM ${DAY_TOTALS.name} WHERE start >= $day GROUP BY arrived, start) AS d) AS days,
                (SELECT json_agg(p) FROM (
                   SELECT batch, arrived::text AS arrived, first_time, last_time
                   FROM pending WHERE last_time >= $since AND first_time < $until) AS p) AS pending`,
      ),
  );
  const days = rowsOf(row?.['days']);
  const pending = rowsOf(row?.['pending']);
  const daysOf = (range: TimeRange): readonly string[] => {
    const from = dayBegin(range.since);
    const found = [
      ...days.filter(({ start }) => number(start) >= from && number(start) < range.until),
      ...pending.filter(
        (each) => number(each['last_time']) >= range.since && number(each['first_time']) < range.until,
      ),
    ];
    return found.length === 0 ? [NO_DAY] : [...new Set(found.map(({ arrived }) => text(arrived)))];
  };
  const isRolledUpAfterDayOf = (instant: number): boolean =>
    days.some(({ start }) => number(start) >= instant);
  const laterFrom = days
    .filter(({ lacks }) => lacks === true)
    .reduce((from, { start }) => Math.max(from, number(start) + DAY_MILLIS), -Infinity);
  return { pending, daysOf, laterFrom, isRolledUpAfterDayOf };
}
