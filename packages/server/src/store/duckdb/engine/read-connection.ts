import type { DuckDBConnection } from '@duckdb/node-api';

import type { BoundQuery } from './conditions.ts';
import type { QuestionThreads } from './question-threads.ts';
import type { Row } from './values.ts';

/** Runs one query. */
export type ReadRows = (query: BoundQuery) => Promise<readonly Row[]>;

/**
 * A connection for reads, one at a time: a connection serves one query anyway, and those that wait here do not hold a
 * thread of libuv's pool, which the writer needs.
 */
export class ReadConnection {
  readonly #connection: DuckDBConnection;
  readonly #threads: QuestionThreads;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection, threads: QuestionThreads) {
    this.#connection = connection;
    this.#threads = threads;
  }

  /** Runs a query that reads little. */
  rows(query: BoundQuery): Promise<readonly Row[]> {
    return this.#inTurn(() => this.#rows(query));
  }

  /** Runs statements that may read much, and between which no others come. */
  inSequence<T>(task: (rows: ReadRows) => Promise<T>): Promise<T> {
    return this.#inTurn(() =>
      this.#threads.during(this.#connection, () => task((query) => this.#rows(query))),
    );
  }

  /**
   * Runs queries whose answers must come from one state of the database, or their sums disagree. What they put into
   * temporary tables goes with it.
   */
  inSnapshot<T>(read: (rows: ReadRows) => Promise<T>): Promise<T> {
    return this.inSequence(async (rows) => {
      await this.#connection.run('BEGIN TRANSACTION');
      try {
        return await read(rows);
      } finally {
        await this.#connection.run('ROLLBACK');
      }
    });
  }

  /** Waits for the queries that were asked, then closes the connection. */
  async close(): Promise<void> {
    await this.#tail;
    this.#connection.closeSync();
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #rows({ sql, values, types }: BoundQuery): Promise<readonly Row[]> {
    return (await this.#connection.runAndReadAll(sql, values, types)).getRowObjects();
  }
}
