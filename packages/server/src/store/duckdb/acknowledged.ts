import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

const DIGITS = 16;

/**
 * Remembers beside the database up to which event was acknowledged. DuckDB takes the end of a write-ahead log that is cut off
 * for a commit that was not finished, which it usually is; only from here can the next start tell whether something acknowledged
 * was in it. It is written after the commit and never synced, so it is never ahead of what the disk has been told to keep.
 */
export class Acknowledged {
  readonly #file: number | undefined;
  /** Id of the last event that was acknowledged when it was opened; `undefined` where that is not known. */
  readonly before: number | undefined;

  /**
   * @param database - path of the file, without links
   * @param create - false leaves a copy that is only looked at as it is: what has this file beside it is the database of a server
   */
  constructor(database: string, create = true) {
    this.#file = opened(`${database}.acknowledged`, create);
    try {
      this.before = this.#read();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** To be called after a commit, before it is acknowledged. A failure is no harm: less is known then. */
  write(id: number): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file, `${String(id).padStart(DIGITS, '0')}\n`, 0);
    } catch {
      // As on a full disk.
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #read(): number | undefined {
    if (this.#file === undefined) return undefined;
    const bytes = Buffer.alloc(DIGITS);
    readSync(this.#file, bytes, 0, DIGITS, 0);
    const text = bytes.toString('latin1');
    return /^\d{16}$/.test(text) ? Number(text) : undefined;
  }
}

function opened(path: string, create: boolean): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o600);
  } catch {
    return undefined;
  }
}
