import { Conditions, instantSql } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';

/** Whether there are events before an instant, milliseconds: then what lies behind it was kept. */
export async function isStoredBefore(rows: ReadRows, instant: number): Promise<boolean> {
  const sql = `SELECT EXISTS (FROM events WHERE event_time < ${instantSql('$instant')}) AS is_stored`;
  const [row] = await rows(new Conditions().number('instant', instant).query(sql));
  return row?.['is_stored'] === true;
}
