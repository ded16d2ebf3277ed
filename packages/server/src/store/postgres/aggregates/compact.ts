import type pg from 'pg';

import { DAY_MILLIS, MINUTE_MILLIS } from '../../../durations.ts';
import { Conditions } from '../engine/conditions.ts';
import { inTransaction } from '../engine/transaction.ts';
import { number, text } from '../../rows/values.ts';
import { AGGREGATE_TABLES, type AggregateTable } from './tables.ts';

/** A period that was added to so often has its rows put together, over or not: most rows of a key. */
const MOST_ADDITIONS = 20;

/** Late events come to a period that is over for a while. */
const LATE_MILLIS = 5 * MINUTE_MILLIS;

/**
 * The period that is due first: added to too often, or over, with rows that have waited for as long as the period takes. Late events
 * would else have its rows written anew with every step.
 */
const DUE = `
  SELECT arrived::text AS arrived, period_millis, start, max(added_at)::text AS added_at FROM additions
  GROUP BY arrived, period_millis, start
  HAVING count(*) >= ${MOST_ADDITIONS}
      OR start + period_millis + ${LATE_MILLIS} <= $now
         AND min(added_at) <= to_timestamp($now / 1000.0) - period_millis * interval '1 millisecond'
  ORDER BY count(*) DESC, start LIMIT 1`;

/**
 * Puts the rows of one period, and of the minutes in it, together: those with the same keys become one row, in every table that has
 * such periods, for one day of arrival; all in one transaction. Only one node does so at a time, but several do no harm.
 *
 * @param now - milliseconds since the epoch
 * @returns whether there was such a period, and so there may be more
 */
export async function compactStep(client: pg.Client, now: number): Promise<boolean> {
  const due = new Conditions().number('now', now).query(DUE);
  const [period] = (await client.query(due.sql, [...due.values])).rows;
  if (period === undefined) return false;
  const length = number(period['period_millis']);
  const conditions = new Conditions()
    .value('arrived', 'date', text(period['arrived']))
    .number('length', length)
    .number('start', number(period['start']))
    .number('until', number(period['start']) + length)
    .value('added', 'text', text(period['added_at']));
  await inTransaction(client, async () => {
    await client.query(`SET LOCAL jit = off; SET LOCAL work_mem = '64MB'`);
    for (const sql of [FORGET, ...AGGREGATE_TABLES.filter((table) => isOf(table, length)).map(mergeSql)]) {
      const { sql: numbered, values } = conditions.query(sql);
      await client.query(numbered, [...values]);
    }
  });
  return true;
}

const OF_PERIOD = 'arrived = $arrived AND start >= $start AND start < $until';

const FORGET = `DELETE FROM additions
  WHERE arrived = $arrived AND period_millis = $length AND start = $start AND added_at <= $added::timestamptz`;

/** Minutes go with their hour. */
function isOf({ periodMillis }: AggregateTable, length: number): boolean {
  return (periodMillis === DAY_MILLIS) === (length === DAY_MILLIS);
}

/** One statement: who reads sees all of the rows before it, or all after. */
function mergeSql({ name, keys, family }: AggregateTable): string {
  const all = ['start', ...keys];
  const columns = [...all, ...family.measures.map((measure) => measure.name)].join(', ');
  const merged = family.mergedSql('gone', Object.fromEntries(all.map((key) => [key, key])));
  return `
    WITH several AS (
      SELECT ${all.join(', ')} FROM ${name} WHERE ${OF_PERIOD} GROUP BY ${all.join(', ')} HAVING count(*) > 1),
    gone AS (
      DELETE FROM ${name} WHERE ${OF_PERIOD} AND (${all.join(', ')}) IN (SELECT ${all.join(', ')} FROM several) RETURNING *)
    INSERT INTO ${name} (arrived, ${columns}) SELECT $arrived, ${columns} FROM (${merged}) AS merged`;
}
