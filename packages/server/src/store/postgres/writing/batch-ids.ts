import type pg from 'pg';

import { BATCHES_AT_ONCE } from '../schema/tables.ts';

/** Numbers of batches that nobody else has, on any server. */
export class BatchIds {
  #next = 0;
  #left = 0;

  /** The next number. What a failed transaction has used is left out. */
  async take(client: pg.Client): Promise<number> {
    if (this.#left === 0) {
      const { rows } = await client.query<{ readonly first: number }>(`SELECT nextval('batches') AS first`);
      this.#next = rows[0]?.first ?? 0;
      this.#left = BATCHES_AT_ONCE;
    }
    this.#left -= 1;
    this.#next += 1;
    return this.#next - 1;
  }
}
