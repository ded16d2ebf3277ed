import { setTimeout as sleep } from 'node:timers/promises';

import type pg from 'pg';

import { MINUTE_MILLIS, SECOND_MILLIS } from '../../../durations.ts';
import { CerberusServerError, systemCodeOf } from '../../../errors.ts';
import { inTransaction } from '../engine/transaction.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';
import { CREATE_TABLES } from './tables.ts';

/**
 * One server at a time creates or changes tables, whichever come to it at once. How long that takes others is nothing to give up for,
 * whatever the database's defaults are.
 */
const LOCK = `
  SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;
  SELECT pg_advisory_xact_lock(hashtext('cerberus'), 0)`;

/**
 * Who writes waits behind a migration that waits for a table. It gives up before PostgreSQL looks for deadlocks (`deadlock_timeout`, 1 s), so
 * that of the two it is never a writer whose transaction fails.
 */
const GIVE_UP_SOON = `SET LOCAL lock_timeout = '500ms'`;
const PAUSE_MILLIS = 2 * SECOND_MILLIS;
const PATIENCE_MILLIS = 5 * MINUTE_MILLIS;

/** `lock_not_available` and `deadlock_detected`: somebody else uses a table. */
const IN_USE: ReadonlySet<string> = new Set(['55P03', '40P01']);

/** The versions of tables: their own, and that of the oldest server that can use them. */
export interface Versions {
  readonly version: number;
  readonly usable_from: number;
}

/** How far a database is brought, and how patiently. */
export interface MigrateOptions {
  readonly migrations?: readonly Migration[];
  /** For how long a table may be in use; the default is five minutes. */
  readonly patienceMillis?: number;
}

/**
 * Brings the database to this server's version, one version after the other. Servers of the version before may be at work meanwhile. What
 * is interrupted leaves the version that was there.
 *
 * @throws CerberusServerError `DB_SCHEMA` when a newer server made tables of it that this one cannot use, or a table stayed in use
 */
export async function migrate(
  client: pg.Client,
  { migrations = MIGRATIONS, patienceMillis = PATIENCE_MILLIS }: MigrateOptions = {},
): Promise<void> {
  const deadline = performance.now() + patienceMillis;
  for (;;) {
    try {
      if (await inTransaction(client, () => step(client, migrations))) return;
    } catch (error) {
      if (!IN_USE.has(systemCodeOf(error) ?? '')) throw error;
      if (performance.now() > deadline)
        throw new CerberusServerError(
          'DB_SCHEMA',
          'the tables could not be changed: a session has had one of them in use for minutes, such as a backup',
          { cause: error },
        );
      await sleep(PAUSE_MILLIS);
    }
  }
}

/** The versions of the tables of a database. @throws CerberusServerError `DB_SCHEMA` for those of something else */
export async function versionsOf(client: pg.Client): Promise<Versions> {
  const { rows } = await client.query<Versions>('SELECT version, usable_from FROM meta');
  const [versions] = rows;
  if (versions !== undefined) return versions;
  throw new CerberusServerError('DB_SCHEMA', 'the database has a table `meta` of something else');
}

/** Why a server of a version cannot use the tables; `undefined` when it can. */
export function unusable(
  { version, usable_from: usableFrom }: Versions,
  own: number = versionAfter(MIGRATIONS),
): string | undefined {
  if (usableFrom <= own) return undefined;
  return `the tables of the database are of version ${version}, which takes a server of version ${usableFrom} at least; this one is of version ${own}`;
}

/** @returns whether the version is the one that is wanted, or newer */
async function step(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  await client.query(LOCK);
  const exists = await client.query<{ readonly found: boolean }>(
    `SELECT to_regclass('meta') IS NOT NULL AS found`,
  );
  if (exists.rows[0]?.found !== true) {
    for (const statement of CREATE_TABLES) await client.query(statement);
    return migrations.length === 0;
  }
  const versions = await versionsOf(client);
  const reason = unusable(versions, versionAfter(migrations));
  if (reason !== undefined) throw new CerberusServerError('DB_SCHEMA', reason);
  const migration = migrations[versions.version - 1];
  if (migration === undefined) return true;
  await client.query(GIVE_UP_SOON);
  for (const statement of migration.statements) await client.query(statement);
  const version = versions.version + 1;
  await client.query('UPDATE meta SET version = $1, usable_from = $2', [version, migration.usableFrom]);
  return version === versionAfter(migrations);
}

/** Tables are made as those of version 1. */
function versionAfter(migrations: readonly Migration[]): number {
  return migrations.length + 1;
}
