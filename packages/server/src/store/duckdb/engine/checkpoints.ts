import { statSync } from 'node:fs';

import type { DuckDBConnection } from '@duckdb/node-api';

import { isPrivate, keepPrivate } from './private-file.ts';

/**
 * Bytes by which the write-ahead log grows until it is merged into the file. Commits wait meanwhile, longer after more
 * bytes; but DuckDB rewrites the last row group of a table in every merge, so that merging often is much work.
 */
const MERGE_BYTES = 12 * 1_048_576;

/** DuckDB's `checkpoint_threshold`, at which a commit merges by itself. Only where merging between commits did not work. */
export const LAST_RESORT = '256MB';

/** Runs a task on a connection of its own, between two commits. */
type BetweenCommits = (task: (connection: DuckDBConnection) => Promise<void>) => Promise<void>;

/**
 * Keeps the write-ahead log short. DuckDB lets others write to a table only when it has merged it, and its appender waits for
 * that in the main thread: with a commit under way the process would do nothing else.
 */
export class DuckDbCheckpoints {
  readonly #log: string;
  readonly #betweenCommits: BetweenCommits;
  #mergeAt = MERGE_BYTES;
  #running = false;

  /**
   * @param database - path of the file, without links
   * @param isAgain - a merge has just failed; each one that does ends the instance, and nothing can be read meanwhile
   */
  constructor(database: string, betweenCommits: BetweenCommits, isAgain = false) {
    this.#log = `${database}.wal`;
    this.#betweenCommits = betweenCommits;
    if (isAgain) this.#mergeAt += this.#bytes();
  }

  /** To be called after each commit. */
  committed(): void {
    const bytes = this.#bytes();
    if (this.#running || bytes < this.#mergeAt) return;
    this.#running = true;
    void this.#merge();
  }

  async #merge(): Promise<void> {
    // A failure is no harm: the log grows on, and is merged at the next turn, by a later commit or at the next start.
    await this.#betweenCommits(checkpoint).catch(() => undefined);
    this.#mergeAt = this.#bytes() + MERGE_BYTES;
    this.#running = false;
  }

  #bytes(): number {
    const log = statSync(this.#log, { throwIfNoEntry: false });
    if (log === undefined) return 0;
    // DuckDB makes a new one after each merge.
    if (!isPrivate(log)) keepPrivate(this.#log);
    return log.size;
  }
}

/** Merges the write-ahead log into the file. Blocks of row groups that are gone become free. */
export async function checkpoint(connection: DuckDBConnection): Promise<void> {
  // Refused while a transaction stands in the way; DuckDB does it by itself later.
  await connection.run('CHECKPOINT').catch(() => undefined);
}
