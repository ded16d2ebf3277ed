import type pg from 'pg';

import { CerberusServerError } from '../../../errors.ts';
import { inTransaction } from '../engine/transaction.ts';
import { CREATE_TABLES, NODES } from './tables.ts';

/** The version of the tables that this server writes. */
const VERSION = 2;

/** One server at a time creates or changes tables, whichever come to it at once. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtext('cerberus'), 0)`;

/** How a version becomes the next one, and which servers can still use it afterwards. */
interface Migration {
  readonly statements: readonly string[];
  /** What only adds leaves older servers at work; they go before what they need does. */
  readonly usableFrom: number;
}

/** By the version that they begin with. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {
  1: { statements: [NODES], usableFrom: 1 },
};

interface Meta {
  readonly version: number;
  readonly usable_from: number;
}

/**
 * Brings the database to this server's version. Servers of the version before may be at work meanwhile.
 *
 * @throws CerberusServerError `DB_SCHEMA` when a newer server made tables of it that this one cannot use
 */
export async function migrate(client: pg.Client): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(LOCK);
    const exists = await client.query<{ readonly found: boolean }>(
      `SELECT to_regclass('meta') IS NOT NULL AS found`,
    );
    if (exists.rows[0]?.found !== true) {
      for (const statement of CREATE_TABLES) await client.query(statement);
    }
    const { rows } = await client.query<Meta>('SELECT version, usable_from FROM meta');
    const [meta] = rows;
    if (meta === undefined)
      throw new CerberusServerError('DB_SCHEMA', 'the database has a table `meta` of something else');
    if (meta.usable_from > VERSION)
      throw new CerberusServerError(
        'DB_SCHEMA',
        `a server of version ${meta.version} of the tables has changed the database; this one knows version ${VERSION}`,
      );
    await upgrade(client, meta.version);
  });
}

async function upgrade(client: pg.Client, from: number): Promise<void> {
  for (let version = from; version < VERSION; version += 1) {
    const { statements, usableFrom } = MIGRATIONS[version] ?? { statements: [], usableFrom: version };
    for (const statement of statements) await client.query(statement);
    await client.query('UPDATE meta SET version = $1, usable_from = $2', [version + 1, usableFrom]);
  }
}
