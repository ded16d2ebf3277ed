import type pg from 'pg';

import { BATCHES_AT_ONCE } from '../schema/tables.ts';

/**
 * Numbers of batches that nobody else has, on any server. Those that are left are of the connection that they came over: another one may
 * lead to a database that has not given them, such as a standby that was promoted, or a backup that was put in its place.
 */
export class BatchIds {
  #client: pg.Client | undefined;
  #next = 0;
  #left = 0;

  /** The next number. What a failed transaction has used is left out. */
  async take(client: pg.Client): Promise<number> {
    if (this.#left === 0 || this.#client !== client) {
      const { rows } = await client.query<{ readonly first: number }>(`SELECT nextval('batches') AS first`);
      this.#next = rows[0]?.first ?? 0;
      this.#left = BATCHES_AT_ONCE;
      this.#client = client;
    }
    this.#left -= 1;
    this.#next += 1;
    return this.#next - 1;
  }
}
