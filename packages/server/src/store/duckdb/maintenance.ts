import type { DuckDBConnection } from '@duckdb/node-api';

import { DuckDbRollup } from './aggregates/rollup.ts';

/** Events that wait for their aggregation at most; more of them make a read of a long range slow. */
const ROLLUP_EVENTS = 100_000;
const ROLLUP_MILLIS = 60_000;

/**
 * What is done to the database beside the writer, on a connection of its own, one task after the other. The writer only adds
 * rows to the tables that both write to, and DuckDB lets others change those that are there: neither waits for the other.
 */
export class DuckDbMaintenance {
  readonly #connection: DuckDBConnection;
  readonly #rollup: DuckDbRollup;
  readonly #timer: NodeJS.Timeout;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isQueued = false;
  #closed = false;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#rollup = new DuckDbRollup(connection);
    this.#timer = setInterval(() => this.#rollUpSoon(), ROLLUP_MILLIS);
    this.#timer.unref();
    // What an older version or a killed process left.
    this.#rollUpSoon();
  }

  /** To be called after each commit. */
  stored(events: number): void {
    this.#waiting += events;
    if (this.#waiting >= ROLLUP_EVENTS) this.#rollUpSoon();
  }

  /** Aggregates all events that are stored when its turn comes. Rejects when the database fails. */
  rollUp(): Promise<void> {
    return this.run(async () => {
      this.#isQueued = false;
      this.#waiting = 0;
      // No later ones: aggregating few at a time costs more for each.
      const last = await this.#rollup.newest();
      while (!this.#closed && (await this.#rollup.step(last)));
    });
  }

  /** Runs a task in turn. */
  run<T>(task: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => task(this.#connection));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Waits for the step that is being done; later ones are left to the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#tail;
    this.#connection.closeSync();
  }

  /** A failure is no harm: reads take the events instead, and the next turn tries again. */
  #rollUpSoon(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.rollUp().catch(() => undefined);
  }
}
