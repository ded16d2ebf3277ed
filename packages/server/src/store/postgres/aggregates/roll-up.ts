import { groupBy } from '../../../nested-maps.ts';
import type pg from 'pg';

import { EVENTS_OF_BATCH } from '../engine/batches.ts';
import { Conditions, type BoundQuery } from '../engine/conditions.ts';
import { inTransaction } from '../engine/transaction.ts';
import { number, text, type Row } from '../../rows/values.ts';
import { addBatchesSql, REPEATS } from './batch-sql.ts';

/** Of batches of one day of arrival. */
export interface IdRanges {
  /** As PostgreSQL writes a date. */
  readonly arrived: string;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const IS_OLD_ENOUGH = `stored_at <= clock_timestamp() - $age * interval '1 millisecond'`;

/** The day of arrival of the oldest batch. */
const DAY = `SELECT arrived::text AS arrived FROM pending WHERE ${IS_OLD_ENOUGH} ORDER BY batch LIMIT 1`;

/** The oldest batches of that day, to whose partitions they are added, which nobody else is at. A worker that ends before its COMMIT has taken none. */
const TAKE = `
  DELETE FROM pending WHERE batch IN (
    SELECT batch FROM pending WHERE ${IS_OLD_ENOUGH} AND arrived = $arrived
    ORDER BY batch LIMIT $most FOR UPDATE SKIP LOCKED)
  RETURNING batch, arrived::text AS arrived`;

/**
 * Adds pending batches to the aggregates, in one transaction with the note that they are not pending any more. So every state of the
 * database says which events are to be added to what the aggregates say. Any number of workers may do so at once.
 *
 * @param maxBatches - bounds the step's memory and duration
 * @param minAgeMillis - younger ones stay, to be added together with others
 * @param prepareDay - makes what is missing of the partitions of a day of arrival. It may wait for whoever deletes that day, who waits for whoever
 *   has taken its batches: so it comes before the transaction
 * @returns how many batches were added; 0 when there are none of that age, or others are at them
 */
export async function rollUpStep(
  client: pg.Client,
  maxBatches: number,
  minAgeMillis: number,
  prepareDay: (arrived: string) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const due = new Conditions().number('most', maxBatches).number('age', minAgeMillis);
  const [oldest] = await run(client, due.query(DAY));
  if (oldest === undefined) return 0;
  const day = text(oldest['arrived']);
  await prepareDay(day);
  return inTransaction(client, async () => {
    await client.query(`SET LOCAL jit = off; SET LOCAL work_mem = '64MB'`);
    const taken = await run(client, due.value('arrived', 'date', day).query(TAKE));
    for (const { arrived, low, high } of idRanges(taken)) {
      const conditions = new Conditions()
        .value('arrived', 'date', arrived)
        .value('low', 'bigint[]', low)
        .value('high', 'bigint[]', high);
      const [sample] = await run(client, conditions.query(REPEATS));
      await run(client, conditions.query(addBatchesSql(sample?.['repeats'] === true)));
    }
    return taken.length;
  });
}

/** Batches that follow each other become one range. */
export function idRanges(batches: readonly Row[]): readonly IdRanges[] {
  return [...groupBy(batches, ({ arrived }) => text(arrived))].map(([arrived, ofDay]) => {
    const low: number[] = [];
    const high: number[] = [];
    for (const batch of ofDay.map((row) => number(row['batch'])).sort((a, b) => a - b)) {
      const first = batch * EVENTS_OF_BATCH;
      if (high.at(-1) === first) high[high.length - 1] = first + EVENTS_OF_BATCH;
      else {
        low.push(first);
        high.push(first + EVENTS_OF_BATCH);
      }
    }
    return { arrived, low, high };
  });
}

async function run(client: pg.Client, { sql, values }: BoundQuery): Promise<readonly Row[]> {
  return (await client.query<Row>(sql, [...values])).rows;
}
