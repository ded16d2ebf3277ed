import type { TimeRange } from '../../questions/analytics-filter.ts';
import { maybe } from '../../rows/values.ts';
import { TELLING_TABLES } from '../aggregates/tables.ts';
import { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import type { Arrivals } from './arrival-days.ts';
import { IN_DAYS } from './filter.ts';

/**
 * From which instant on the aggregates of a range tell of which release and environment requests are, and what asked. Before it there are
 * rows of a server that did not keep aggregates by them, or has put together the rows of one that did: it may be at work still.
 *
 * @returns milliseconds since the epoch; `-Infinity` where all of them do
 */
export async function toldFrom(
  rows: ReadRows,
  { since, until }: TimeRange,
  daysOf: Arrivals['daysOf'],
): Promise<number> {
  const ends = TELLING_TABLES.map(
    ({ name, periodMillis }) =>
      `(SELECT max(start) FROM ${name}
        WHERE release IS NULL AND ${IN_DAYS} AND start > $since - ${periodMillis} AND start < $until) + ${periodMillis}`,
  );
  const conditions = new Conditions()
    .number('since', since)
    .number('until', until)
    .value('days', 'date[]', daysOf({ since, until }));
  const [row] = await rows(conditions.query(`SELECT greatest(${ends.join(', ')}) AS told_from`));
  return maybe(row?.['told_from']) ?? -Infinity;
}
