import type { DuckDBConnection } from '@duckdb/node-api';

import { askerOf } from '../../asker.ts';
import { nobodyWaits, takesTooLong, tooManyWait, type QuestionLimits } from '../../question-limits.ts';
import type { BoundQuery } from './conditions.ts';
import type { QuestionThreads } from './question-threads.ts';
import type { Row } from '../../rows/values.ts';

/** Runs one query. */
export type ReadRows = (query: BoundQuery) => Promise<readonly Row[]>;

/** What is being answered, or waits for it. */
interface Question {
  /** As `performance.now()` counts. */
  readonly deadline: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal | undefined;
}

/** Of a statement that takes too long, or whose answer nobody waits for. */
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
  /** Whose turn it is. */
  #current: Question = { deadline: Infinity, gone: undefined };

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
   * temporary tables goes with it. None begins when nobody waits for the answer any more.
   */
  inSnapshot<T>(read: (rows: ReadRows) => Promise<T>): Promise<T> {
    return this.inSequence(async (rows) => {
      const { gone } = this.#current;
      await this.#connection.run('BEGIN TRANSACTION');
      try {
        return await read((query) => (gone?.aborted === true ? Promise.reject(nobodyWaits()) : rows(query)));
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
    const question = {
      deadline: performance.now() + this.#limits.questionTimeoutMillis,
      gone: askerOf(),
    };
    const leave = this.#takePlace(question);
    const result = this.#tail
      .then(() => {
        this.#current = question;
        if (question.gone?.aborted === true) throw nobodyWaits();
        if (performance.now() >= question.deadline) throw tooManyWait();
        return task();
      })
      .finally(leave);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** @returns what gives the place up, which happens by itself when nobody waits for the answer any more */
  #takePlace({ gone }: Question): () => void {
    let isTaken = true;
    this.#questions += 1;
    const leave = (): void => {
      if (isTaken) this.#questions -= 1;
      isTaken = false;
      gone?.removeEventListener('abort', leave);
    };
    gone?.addEventListener('abort', leave);
    return leave;
  }

  async #rows({ sql, values, types }: BoundQuery): Promise<readonly Row[]> {
    const question = this.#current;
    const interruption = this.#interruptAt(question);
    try {
      const result = await this.#connection.run(sql, values, types);
      const read: Row[] = [];
      // Part by part, between which others have their turn: a million rows at once would hold up everybody for seconds.
      for await (const part of result.yieldRowObjects()) {
        if (interruption.isOver()) throw takesTooLong();
        read.push(...part);
      }
      return read;
    } catch (error) {
      // Not by the clock: a timer may fire a moment before it is due.
      if (question.gone?.aborted === true) throw nobodyWaits();
      throw interruption.isOver() ? takesTooLong() : error;
    } finally {
      interruption.stop();
    }
  }

  #interruptAt({ deadline, gone }: Question): Interruption {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      isOver = true;
      this.#connection.interrupt();
      clearTimeout(timer);
      timer = setTimeout(interrupt, INTERRUPT_AGAIN_MILLIS);
    };
    gone?.addEventListener('abort', interrupt);
    if (deadline !== Infinity) timer = setTimeout(interrupt, Math.max(0, deadline - performance.now()));
    const stop = (): void => {
      clearTimeout(timer);
      gone?.removeEventListener('abort', interrupt);
    };
    return { isOver: () => isOver, stop };
  }
}
