import { DAY_MILLIS } from '../../../durations.ts';
import { DAY_TOTALS } from '../aggregates/tables.ts';
import { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';

/** Whether there are events before an instant, milliseconds: then what lies behind it was kept. */
export async function isStoredBefore(rows: ReadRows, instant: number): Promise<boolean> {
  const conditions = new Conditions().number('instant', instant);
  // To plan for the partitions of all events takes longer than all else, and whole days are in a table of few rows.
  for (const earlier of [
    `${DAY_TOTALS.name} WHERE start <= $instant - ${DAY_MILLIS}`,
    'events WHERE event_time < $instant',
  ]) {
    const [row] = await rows(conditions.query(`SELECT EXISTS (SELECT FROM ${earlier}) AS is_stored`));
    if (row?.['is_stored'] === true) return true;
  }
  return false;
}
