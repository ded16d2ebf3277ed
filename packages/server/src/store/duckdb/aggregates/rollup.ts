import type { DuckDBConnection } from '@duckdb/node-api';

import { inTransaction } from '../engine/transaction.ts';
import { batchSql } from './batch-sql.ts';
import { PeriodAdditions } from './period-additions.ts';
import { addSql, mergeSql, ROLLUP_TABLES, type RollupTable } from './rollup-tables.ts';

/** Most events of one step: bounds its memory and its duration. */
const STEP_EVENTS = 250_000;

const READ_PROGRESS = 'SELECT rolled_up_to, minutes_from FROM meta';
const READ_NEWEST = 'SELECT max(id) FROM events';

const MINUTES_OF_BATCH = `SELECT DISTINCT epoch_ms(date_trunc('minute', event_time)) FROM batch`;

/**
 * Adds events to the aggregates, a step at a time, each in one transaction with the id up to which they hold the
 * events. So every state of the database says which events are to be added to what the aggregates say. Minutes are written
 * with the events, by the writer: here only those of events from before it did so.
 */
export class DuckDbRollup {
  readonly #connection: DuckDBConnection;
  readonly #additions = new PeriodAdditions(ROLLUP_TABLES);

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** @returns the highest id of an event; 0 when there are none */
  async newest(): Promise<number> {
    const [newest = 0] = await this.#numbers(READ_NEWEST);
    return newest;
  }

  /** Aggregates the oldest events that are not aggregated yet, up to this id. @returns whether more of them are left */
  async step(last: number): Promise<boolean> {
    const [after = 0, minutesFrom = 0] = await this.#numbers(READ_PROGRESS);
    const isBeforeMinutes = after < minutesFrom;
    const upto = Math.min(after + STEP_EVENTS, last, isBeforeMinutes ? minutesFrom : Infinity);
    if (upto <= after) return false;
    const tables = ROLLUP_TABLES.filter(({ period }) => isBeforeMinutes || period !== 'minute');
    await inTransaction(this.#connection, () => this.#add(tables, after, upto));
    await this.#merge();
    return upto < last;
  }

  async #add(tables: readonly RollupTable[], after: number, upto: number): Promise<void> {
    for (const sql of batchSql(`id > ${after} AND id <= ${upto}`)) await this.#connection.run(sql);
    for (const table of tables) await this.#connection.run(addSql(table));
    await this.#connection.run(`UPDATE meta SET rolled_up_to = ${upto}`);
    const minutes = (await this.#connection.runAndReadAll(MINUTES_OF_BATCH)).getRows();
    this.#additions.note(minutes.map(([start]) => Number(start)));
  }

  /** Puts together the rows of periods that were added to often. */
  async #merge(): Promise<void> {
    for (;;) {
      const due = this.#additions.due();
      if (due === undefined) break;
      await inTransaction(this.#connection, async () => {
        for (const sql of mergeSql(due.table, due.starts)) await this.#connection.run(sql);
      });
      this.#additions.forget(due);
    }
    this.#additions.forgetOld(Date.now());
  }

  async #numbers(sql: string): Promise<readonly number[]> {
    const [row = []] = (await this.#connection.runAndReadAll(sql)).getRows();
    return row.map(Number);
  }
}
