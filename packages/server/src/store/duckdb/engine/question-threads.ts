import type { DuckDBConnection } from '@duckdb/node-api';

/** After so long without a question the other threads go: a page that is looked at asks several in a row. */
const QUIET_MILLIS = 1000;

/** DuckDB's threads while nobody asks. */
export const THREADS_OF_STORING = 1;

/** Runs a task on a connection while nothing is done to the database in the background. */
type InBackground = (task: (connection: DuckDBConnection) => Promise<void>) => Promise<void>;

/**
 * Lets DuckDB have more than one thread only while questions are asked. Where it has, the thread of a statement whose work
 * another one has taken waits for it busily; of the CPU time of storing that was an eighth.
 */
export class QuestionThreads {
  readonly #most: number;
  readonly #inBackground: InBackground;
  #threads = THREADS_OF_STORING;
  #asking = 0;
  #quiet: NodeJS.Timeout | undefined;
  #tail: Promise<void> = Promise.resolve();

  /**
   * @param most - threads while questions are asked
   * @param inBackground - where threads are taken away: DuckDB waits until each has done what it is at
   */
  constructor(most: number, inBackground: InBackground) {
    this.#most = most;
    this.#inBackground = inBackground;
  }

  /** Asks a question that is worth more than one thread, on this connection. */
  async during<T>(connection: DuckDBConnection, question: () => Promise<T>): Promise<T> {
    this.#asking += 1;
    clearTimeout(this.#quiet);
    try {
      await this.#set(connection);
      return await question();
    } finally {
      this.#asking -= 1;
      if (this.#asking === 0) this.#quiet = setTimeout(() => this.#narrow(), QUIET_MILLIS).unref();
    }
  }

  close(): void {
    clearTimeout(this.#quiet);
  }

  #narrow(): void {
    // A failure is no harm: the threads stay until the next question has been answered.
    this.#inBackground((connection) => this.#set(connection)).catch(() => undefined);
  }

  /** Sets what is right when its turn comes. A failure is no harm: everything runs on any number of threads. */
  #set(connection: DuckDBConnection): Promise<void> {
    this.#tail = this.#tail
      .then(async () => {
        const threads = this.#asking > 0 ? this.#most : THREADS_OF_STORING;
        if (threads === this.#threads) return;
        await connection.run(`SET threads = ${threads}`);
        this.#threads = threads;
      })
      .catch(() => undefined);
    return this.#tail;
  }
}
