import { linkSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';

import { copyFolder, removeCopy } from '../../copies.ts';
import { quoted } from '../../sql-text.ts';

/**
 * A table of a backup that no server has opened since. A write-ahead log beside such a file is that of the database which was in its place,
 * and DuckDB would take up what of it fits. DuckDB can name the file in the log itself, from storage version 1.4 on; but texts of that
 * version are read in twice the time.
 */
const MARK = 'untouched_backup';

const LOOKED_AT = 'looked_at';

/** @param database - attached, by its name */
export function markSql(database: string): string {
  return `CREATE TABLE ${database}.${MARK} (mark BOOLEAN)`;
}

/**
 * Whether there is a log beside a backup that nobody has opened. The file is looked at under another name, where no log is beside it. A process
 * that ends while it removes the mark leaves a log that does so: of the backup with it, the mark is gone. Must not be called while the file is
 * open: closing it gives up the lock of the whole process.
 *
 * @returns `false` too where it cannot be looked at: then opening it tells why
 */
export async function hasForeignLog(connection: DuckDBConnection, real: string): Promise<boolean> {
  const log = `${real}.wal`;
  if (!hasContent(log) || !hasContent(real)) return false;
  let folder: string | undefined;
  try {
    folder = await copyFolder(real);
    const name = join(folder, LOOKED_AT);
    linkSync(real, name);
    if (!(await hasMarkInside(connection, name))) return false;
    linkSync(log, `${name}.wal`);
    return await hasMarkInside(connection, name).catch(() => true);
  } catch {
    return false;
  } finally {
    if (folder !== undefined) await removeCopy(folder);
  }
}

async function hasMarkInside(connection: DuckDBConnection, path: string): Promise<boolean> {
  await connection.run(`ATTACH ${quoted(path)} AS ${LOOKED_AT} (READ_ONLY)`);
  try {
    return await hasMark(connection, LOOKED_AT);
  } finally {
    await connection.run(`DETACH ${LOOKED_AT}`);
  }
}

/** Makes a database of a backup: what is written to its log from here on is its own. */
export async function removeMark(connection: DuckDBConnection, database: string): Promise<void> {
  if (!(await hasMark(connection, database))) return;
  await connection.run(`DROP TABLE ${database}.${MARK}`);
  await connection.run(`CHECKPOINT ${database}`);
}

async function hasMark(connection: DuckDBConnection, database: string): Promise<boolean> {
  const found = await connection.runAndReadAll(
    'SELECT 1 FROM duckdb_tables() WHERE database_name = $1 AND table_name = $2',
    [database, MARK],
  );
  return found.currentRowCount > 0;
}

function hasContent(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
