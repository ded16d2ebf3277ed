import { existsSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

import { CerberusServerError, messageOf, systemCodeOf } from '../../errors.ts';
import { removeCopies } from '../copies.ts';
import { quoted } from '../sql-text.ts';
import { hasForeignLog, removeMark } from './engine/backup-mark.ts';
import { LAST_RESORT } from './engine/checkpoints.ts';
import { keepPrivate, privateFolder } from './engine/private-file.ts';
import { inTransaction } from './engine/transaction.ts';
import { bringUpSql, SCHEMA_VERSION } from './schema.ts';

/** Resources that the database may use, and whether it may be new. */
export interface OpenLimits {
  /** DuckDB's `memory_limit`, such as `512MB`. */
  readonly memoryLimit: string;
  /** DuckDB's `threads`. */
  readonly threads: number;
  /** `false`: a file that does not exist is an error. Default `true`. */
  readonly create?: boolean;
  /** It failed before, perhaps because the log could not be merged: that is not tried again at once. Default `false`. */
  readonly isAgain?: boolean;
}

/** An opened file. `release` closes it and makes its path free again in this process. */
export interface OpenDatabase {
  /** Without links: DuckDB's write-ahead log lies beside it. */
  readonly path: string;
  /** A new connection, to the file's tables. */
  readonly connect: () => Promise<DuckDBConnection>;
  readonly release: () => void;
}

/**
 * Rows in a row group, DuckDB's unit of rewriting: a merge rewrites the last one of each table, and commits wait
 * meanwhile. DuckDB's own 122,880 make that three times as long. A multiple of its vectors of 2,048.
 */
const ROW_GROUP_ROWS = 16_384;

/** Most events of a page that somebody asks for. */
const MAX_PAGE_EVENTS = 1000;

/** The file's name among the databases of the instance. */
const DATABASE = 'cerberus';

/**
 * Files that this process holds, by real path. DuckDB's lock is a POSIX lock, which one process can take twice: a
 * second instance on the file would open, and the commits of one of the two would be lost.
 */
const held = new Set<string>();

/**
 * Opens a database file, creates it or its tables where they are missing, and checks its schema version.
 *
 * @throws CerberusServerError `DB_LOCKED`, `DB_CORRUPT`, `DB_SCHEMA` or `DB_UNAVAILABLE`
 */
export async function openDatabase(path: string, limits: OpenLimits): Promise<OpenDatabase> {
  const real = realPathOf(path);
  if (held.has(real))
    throw new CerberusServerError('DB_LOCKED', `database ${path} is already open in this process`);
  if (limits.create === false && !existsSync(real)) {
    throw new CerberusServerError('DB_UNAVAILABLE', `database ${path} does not exist`);
  }
  held.add(real);
  let instance: DuckDBInstance | undefined;
  let isOurs = false;
  const release = (): void => {
    instance?.closeSync();
    if (isOurs) removeEmptyFolder(temporaryFolder(real));
    held.delete(real);
  };
  try {
    instance = await createInstance(real, limits);
    const connect = connectorOf(instance);
    await attach(instance, path, real);
    // From here on the file is ours, and whoever made copies of it has ended.
    isOurs = true;
    await removeCopies(real);
    removeSpilled(real);
    // DuckDB would make it for everybody to read.
    privateFolder(temporaryFolder(real));
    keepPrivate(real);
    keepPrivate(`${real}.wal`);
    await prepareSchema(connect, path);
    // Which the tables may have begun.
    keepPrivate(`${real}.wal`);
    return { path: real, connect, release };
  } catch (error) {
    release();
    throw error instanceof CerberusServerError ? error : openError(path, error);
  }
}

/** Resolves links; for a file that does not exist yet, those of its folder. */
function realPathOf(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw unavailable(path, error);
  }
  try {
    return join(realpathSync(dirname(absolute)), basename(absolute));
  } catch (error) {
    throw unavailable(path, error);
  }
}

/** What did not fit into the memory of a process that was killed. */
function removeSpilled(real: string): void {
  const folder = temporaryFolder(real);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names) if (name.startsWith('duckdb_temp_')) rmSync(join(folder, name), { force: true });
}

function removeEmptyFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It may be gone, or have what is not ours in it.
  }
}

function temporaryFolder(real: string): string {
  return `${real}.tmp`;
}

/** Without a file, for only `ATTACH` knows the size of row groups. */
function createInstance(real: string, limits: OpenLimits): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    // What does not fit into memory: beside the file, as with an instance on it, and not in the working directory.
    temp_directory: temporaryFolder(real),
    memory_limit: limits.memoryLimit,
    threads: String(limits.threads),
    checkpoint_threshold: LAST_RESORT,
    // Most rows of a join by which others are skipped: a page of events that were found is read in a tenth of the time.
    dynamic_or_filter_threshold: String(MAX_PAGE_EVENTS),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
}

async function attach(instance: DuckDBInstance, path: string, real: string): Promise<void> {
  const connection = await instance.connect();
  try {
    if (await hasForeignLog(connection, real)) throw foreignLog(path);
    await connection.run(
      `ATTACH ${quoted(real)} AS ${DATABASE} (TYPE duckdb, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
    );
  } finally {
    connection.closeSync();
  }
}

/** @returns what connects to the tables of the attached file */
function connectorOf(instance: DuckDBInstance): () => Promise<DuckDBConnection> {
  return async () => {
    const connection = await instance.connect();
    await connection.run(`USE ${DATABASE}`);
    return connection;
  };
}

/** DuckDB has no error codes for these: the texts are those of version 1.5, and the tests watch them. */
function openError(path: string, error: unknown): CerberusServerError {
  const text = messageOf(error);
  if (/Could not set lock|being used by another process/.test(text)) {
    return new CerberusServerError('DB_LOCKED', `database ${path} is in use by another process`, {
      cause: error,
    });
  }
  if (
    /not a valid DuckDB database|Corrupt|checksum|Serialization Error|replaying WAL|storage version/i.test(
      text,
    )
  ) {
    return new CerberusServerError('DB_CORRUPT', `database ${path} cannot be read: ${firstLine(text)}`, {
      cause: error,
    });
  }
  return unavailable(path, error);
}

function foreignLog(path: string): CerberusServerError {
  const rule = 'it was replaced by a backup; move the log away, or put back the file it belongs to';
  return new CerberusServerError('DB_CORRUPT', `${path}.wal is not the log of database ${path}: ${rule}`);
}

function unavailable(path: string, error: unknown): CerberusServerError {
  const text = `database ${path} cannot be opened: ${firstLine(messageOf(error))}`;
  return new CerberusServerError('DB_UNAVAILABLE', text, { cause: error });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

async function prepareSchema(connect: () => Promise<DuckDBConnection>, path: string): Promise<void> {
  const connection = await connect();
  try {
    const version = await schemaVersion(connection);
    if (version > SCHEMA_VERSION) {
      const versions = `it has schema version ${version}, and this one knows up to ${SCHEMA_VERSION}`;
      const text = `database ${path} was written by a newer server: ${versions}`;
      throw new CerberusServerError('DB_SCHEMA', text);
    }
    await removeMark(connection, DATABASE);
    // That is all or nothing: where it fails, the server of the version before goes on with the file.
    await inTransaction(connection, async () => {
      for (const statement of bringUpSql(version)) await connection.run(statement);
    });
  } finally {
    connection.closeSync();
  }
}

/** @returns 0 for a file without tables */
async function schemaVersion(connection: DuckDBConnection): Promise<number> {
  const tables = await connection.runAndReadAll(`SELECT 1 FROM duckdb_tables() WHERE table_name = 'meta'`);
  if (tables.currentRowCount === 0) return 0;
  const result = await connection.runAndReadAll('SELECT max(schema_version) FROM meta');
  return Number(result.getRows()[0]?.[0] ?? 0);
}
