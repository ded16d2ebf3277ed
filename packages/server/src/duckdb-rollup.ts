import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';

import { CLIENT_KEY } from './client-sketch.ts';
import { ENDPOINT_NAME, IS_ERROR } from './duckdb-conditions.ts';
import { addSql, mergeSql, periodMillis, ROLLUP_TABLES, type RollupTable } from './rollup-tables.ts';

/** Most events of one step: bounds its memory and its duration. */
const STEP_EVENTS = 250_000;

/** After so many additions to a period its rows are put together. */
const MERGE_AFTER = 20;

const BATCH = `
  CREATE OR REPLACE TEMP TABLE batch AS
  SELECT event_time, client_id, source_ip, ${CLIENT_KEY} AS client, ${ENDPOINT_NAME} AS endpoint, method, status_code, outcome, latency_ms,
         custom_data, ${IS_ERROR} AS is_error
  FROM events WHERE id > $after AND id <= $upto`;

/**
 * Adds events to the aggregates, a step at a time, each in one transaction with the id up to which they hold the
 * events. So every state of the database says which events are to be added to what the aggregates say.
 */
export class DuckDbRollup {
  readonly #connection: DuckDBConnection;
  /** Additions to each period of each table since its rows were put together. */
  readonly #additions = new Map<string, number>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Aggregates the oldest events that are not aggregated yet. @returns how many; 0 when there are none. */
  async step(): Promise<number> {
    const [row = []] = (
      await this.#connection.runAndReadAll(
        'SELECT any_value(rolled_up_to), (SELECT coalesce(max(id), 0) FROM events) FROM meta',
      )
    ).getRows();
    const after = Number(row[0]);
    const upto = Math.min(after + STEP_EVENTS, Number(row[1]));
    if (upto <= after) return 0;
    await this.#inTransaction(() => this.#add(after, upto));
    await this.#merge();
    return upto - after;
  }

  async #add(after: number, upto: number): Promise<void> {
    await this.#run(BATCH, { after, upto });
    for (const table of ROLLUP_TABLES) await this.#connection.run(addSql(table));
    await this.#run('UPDATE meta SET rolled_up_to = $upto', { upto });
    for (const table of ROLLUP_TABLES) await this.#note(table);
  }

  async #note(table: RollupTable): Promise<void> {
    if (table.period === 'minute') return;
    const sql = `SELECT DISTINCT epoch_ms(date_trunc('${table.period}', event_time)) FROM batch`;
    for (const [start] of (await this.#connection.runAndReadAll(sql)).getRows()) {
      const key = `${table.name} ${Number(start)}`;
      this.#additions.set(key, (this.#additions.get(key) ?? 0) + 1);
    }
  }

  /** Puts together the rows of periods that were added to often; those of minutes hardly ever are. */
  async #merge(): Promise<void> {
    for (const table of ROLLUP_TABLES) {
      for (const [key, additions] of this.#additions) {
        const [name, start] = key.split(' ');
        if (name !== table.name || additions < MERGE_AFTER) continue;
        await this.#inTransaction(async () => {
          for (const sql of mergeSql(table)) {
            await this.#run(sql, sql.includes('$start') ? { start: Number(start) } : {});
          }
        });
        this.#additions.delete(key);
      }
    }
    this.#forgetOldAdditions();
  }

  /** Periods that are long over get no more rows worth counting. */
  #forgetOldAdditions(): void {
    const oldest = Date.now() - 2 * Math.max(...ROLLUP_TABLES.map(periodMillis));
    for (const key of this.#additions.keys()) {
      if (Number(key.split(' ')[1]) < oldest) this.#additions.delete(key);
    }
  }

  async #inTransaction(task: () => Promise<void>): Promise<void> {
    await this.#connection.run('BEGIN');
    try {
      await task();
      await this.#connection.run('COMMIT');
    } catch (error) {
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async #run(sql: string, numbers: Readonly<Record<string, number>>): Promise<void> {
    const names = Object.keys(numbers);
    await this.#connection.run(
      sql,
      Object.fromEntries(names.map((name) => [name, BigInt(numbers[name] ?? 0)])),
      Object.fromEntries(names.map((name) => [name, BIGINT])),
    );
  }
}
