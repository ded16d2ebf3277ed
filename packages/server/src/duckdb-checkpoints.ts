import { statSync } from 'node:fs';

import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Bytes by which the write-ahead log grows until it is merged into the file. DuckDB rewrites the last row group of a
 * table in every merge, so half as often is half the work; what a killed process has to read again stays below a second.
 */
const MERGE_BYTES = 64 * 1_048_576;

/**
 * DuckDB's `checkpoint_threshold`: at this size a commit merges by itself, and all acknowledgements wait for it. Only
 * where merging beside the writer did not work.
 */
export const LAST_RESORT = '256MB';

/** Runs a task on a connection beside the writer's. */
type Beside = (task: (connection: DuckDBConnection) => Promise<void>) => Promise<void>;

/** Keeps the write-ahead log short without holding up commits, which go on while it is merged into the file. */
export class DuckDbCheckpoints {
  readonly #log: string;
  readonly #beside: Beside;
  #mergeAt = MERGE_BYTES;
  #running = false;

  /** @param database - path of the file, without links */
  constructor(database: string, beside: Beside) {
    this.#log = `${database}.wal`;
    this.#beside = beside;
  }

  /** To be called after each commit. */
  committed(): void {
    if (this.#running || this.#bytes() < this.#mergeAt) return;
    this.#running = true;
    void this.#merge();
  }

  async #merge(): Promise<void> {
    // A failure is no harm: the log grows on, and is merged at the next turn, by a later commit or at the next start.
    await this.#beside(checkpoint).catch(() => undefined);
    this.#mergeAt = this.#bytes() + MERGE_BYTES;
    this.#running = false;
  }

  #bytes(): number {
    return statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** Merges the write-ahead log into the file. Blocks of row groups that are gone become free. */
export async function checkpoint(connection: DuckDBConnection): Promise<void> {
  // Refused while a transaction stands in the way; DuckDB does it by itself later.
  await connection.run('CHECKPOINT').catch(() => undefined);
}
