import type { DuckDBConnection } from '@duckdb/node-api';

import { takesTooLong, tooManyWait, type QuestionLimits } from '../../question-limits.ts';
import type { BoundQuery } from './conditions.ts';
import type { QuestionThreads } from './question-threads.ts';
import type { Row } from '../../rows/values.ts';

/** Runs one query. */
export type ReadRows = (query: BoundQuery) => Promise<readonly Row[]>;

/** Of a statement that takes too long. */
interface Interruption {
  /** Whether it was interrupted. */
  readonly isOver: () => boolean;
  /** Lets the statement end by itself. */
  readonly stop: () => void;
}

/** DuckDB forgets an interruption that comes before a statement has begun. */
const INTERRUPT_AGAIN_MILLIS = 50;

/**
 * A connection for reads, one at a time: a connection serves one query anyway, and those that wait here do not hold a
 * thread of libuv's pool, which the writer needs. The line is bounded, in length and in time: who asks on regardless must not
 * keep everybody else waiting.
 */
export class ReadConnection {
  readonly #connection: DuckDBConnection;
  readonly #threads: QuestionThreads;
  readonly #limits: QuestionLimits;
  #tail: Promise<unknown> = Promise.resolve();
  #questions = 0;
  /** Of the question whose turn it is. */
  #deadline = Infinity;

  constructor(connection: DuckDBConnection, threads: QuestionThreads, limits: QuestionLimits) {
    this.#connection = connection;
    this.#threads = threads;
    this.#limits = limits;
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
    if (this.#questions >= this.#limits.maxQuestions) return Promise.reject(tooManyWait());
    this.#questions += 1;
    const deadline = performance.now() + this.#limits.questionTimeoutMillis;
    const result = this.#tail
      .then(() => {
        this.#deadline = deadline;
        if (performance.now() >= deadline) throw tooManyWait();
        return task();
      })
      .finally(() => {
        this.#questions -= 1;
      });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #rows({ sql, values, types }: BoundQuery): Promise<readonly Row[]> {
    const interruption = this.#interruptAt(this.#deadline);
    try {
      return (await this.#connection.runAndReadAll(sql, values, types)).getRowObjects();
    } catch (error) {
      // Not by the clock: a timer may fire a moment before it is due.
      throw interruption.isOver() ? takesTooLong() : error;
    } finally {
      interruption.stop();
    }
  }

  #interruptAt(deadline: number): Interruption {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      isOver = true;
      this.#connection.interrupt();
      timer = setTimeout(interrupt, INTERRUPT_AGAIN_MILLIS);
    };
    if (deadline !== Infinity) timer = setTimeout(interrupt, Math.max(0, deadline - performance.now()));
    return { isOver: () => isOver, stop: () => clearTimeout(timer) };
  }
}
