import { closeSync, openSync, readSync } from 'node:fs';

import { systemCodeOf } from '../../../errors.ts';

/** Where a file says the version of its storage, a number of eight bytes, and the first one with an identity: that of DuckDB 1.4. */
const STORAGE_VERSION_AT = 12;
const FIRST_WITH_IDENTITY = 67n;

/** How a log begins that names no file: its version and the end of its header (the fields are 100, 101 and 65,535). */
const HEAD_WITHOUT_IDENTITY = Buffer.from([0x64, 0x00, 0x62, 0x65, 0x00, 0x02, 0xff, 0xff]);

/**
 * Whether the write-ahead log beside a file with an identity is one that names no file, so that it is of a file without one. DuckDB would take
 * it up. Must not be called while the file is open: closing it gives up the lock of the whole process.
 */
export function hasForeignLog(database: string): boolean {
  const version = beginOf(database, STORAGE_VERSION_AT + 8);
  if (version === undefined || version.readBigUInt64LE(STORAGE_VERSION_AT) < FIRST_WITH_IDENTITY)
    return false;
  return beginOf(`${database}.wal`, HEAD_WITHOUT_IDENTITY.length)?.equals(HEAD_WITHOUT_IDENTITY) === true;
}

/** @returns `undefined` where there is less */
function beginOf(path: string, bytes: number): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    // What else is wrong with it is found when it is opened.
    if (systemCodeOf(error) === undefined) throw error;
    return undefined;
  }
  try {
    const begin = Buffer.alloc(bytes);
    return readSync(file, begin, 0, bytes, 0) === bytes ? begin : undefined;
  } finally {
    closeSync(file);
  }
}
