import { readFileSync } from 'node:fs';

import { messageOf, systemCodeOf } from './errors.ts';

/**
 * What is in a file of JSON, which may have secrets in it.
 *
 * @param wrong - makes an error of the reason why it cannot be read, which shows nothing of it
 */
export function readJsonFile(path: string, wrong: (reason: string) => Error): unknown {
  try {
    // Some editors begin a file with a mark of its encoding, which is none of JSON (RFC 8259, 8.1).
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    // What JSON.parse says repeats a piece of the file.
    throw wrong(error instanceof SyntaxError ? 'it is no JSON' : (systemCodeOf(error) ?? messageOf(error)));
  }
}
