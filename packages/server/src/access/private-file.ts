import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

import { CerberusServerError, messageOf, systemCodeOf } from '../errors.ts';
import type { Shelf } from './shelf.ts';

/**
 * A JSON file beside the database that only its owner reads. It is replaced as a whole, so that a crash leaves the old
 * one or the new one.
 */
export class PrivateFile implements Shelf {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @returns what `parse` makes of it; `undefined` where there is no file. @throws CerberusServerError `CREDENTIALS_FILE` */
  read<T>(parse: (value: unknown) => T): T | undefined {
    try {
      const text = readFileSync(this.#path, 'utf8');
      // A copy or a backup may have widened the mode.
      if ((statSync(this.#path).mode & 0o077) !== 0) chmodSync(this.#path, 0o600);
      return parse(JSON.parse(text));
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      // What JSON.parse says repeats a piece of the file.
      const reason =
        error instanceof SyntaxError ? 'it is not the JSON that the server writes' : messageOf(error);
      throw this.#failure(reason);
    }
  }

  /** @throws CerberusServerError `CREDENTIALS_FILE` */
  write(value: unknown): void {
    try {
      replacePrivately(this.#path, `${JSON.stringify(value, undefined, 2)}\n`);
    } catch (error) {
      throw this.#failure(messageOf(error), { cause: error });
    }
  }

  #failure(reason: string, options?: ErrorOptions): CerberusServerError {
    return new CerberusServerError('CREDENTIALS_FILE', `${this.#path} cannot be used: ${reason}`, options);
  }
}

/** Puts a file that only its owner reads in the place of another one. What a crash has left of such a file before is not written into. */
export function replacePrivately(path: string, text: string): void {
  const part = `${path}.part`;
  rmSync(part, { force: true });
  try {
    writePrivately(part, text);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function writePrivately(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    // All of it, or an error: a single write stops where a disk is full.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
