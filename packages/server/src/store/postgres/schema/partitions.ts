import type pg from 'pg';

import { DAY_MILLIS } from '../../../durations.ts';
import { inTransaction } from '../engine/transaction.ts';
import { DAILY_TABLES } from './tables.ts';

/**
 * The locks that attaching takes anyway, all at once and first. Who waits here has no snapshot. Who waits within
 * `ATTACH` has one, which a `DETACH … FINALIZE` of the same table waits for while it holds this very lock: a deadlock.
 */
const LOCK = `LOCK TABLE ${DAILY_TABLES.map(({ name }) => `ONLY ${name}`).join(', ')} IN SHARE UPDATE EXCLUSIVE MODE`;

/** Days of the partitions that tables have, the oldest first. */
const DAYS = `
  SELECT DISTINCT to_date(right(inhrelid::regclass::text, 8), 'YYYYMMDD') - DATE '1970-01-01' AS day
  FROM pg_inherits WHERE inhparent = ANY($1::regclass[]) AND NOT inhdetachpending ORDER BY day`;

/** Partitions on their way out, and those that are out and still there: a server died before it had dropped them. */
const HALF_DROPPED = `
  SELECT c.oid::regclass::text AS partition, i.inhparent::regclass::text AS parent
  FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
  WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'events'::regclass)
    AND c.relkind = 'r' AND c.relname ~ $1 AND (i.inhrelid IS NULL OR i.inhdetachpending)`;

/** Days, since 1970-01-01, of which events have a partition, the oldest first. */
export function partitionDays(client: pg.Client): Promise<readonly number[]> {
  return daysOf(client, ['events']);
}

/** The same of any table: a server of an older version has dropped only the partitions of those that it knows. */
export function keptDays(client: pg.Client): Promise<readonly number[]> {
  return daysOf(
    client,
    DAILY_TABLES.map(({ name }) => name),
  );
}

async function daysOf(client: pg.Client, tables: readonly string[]): Promise<readonly number[]> {
  return (await client.query<{ readonly day: number }>(DAYS, [tables])).rows.map(({ day }) => day);
}

/** Tables that have no partition of a day, of those that are asked for. */
const MISSING = `SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name || $2) IS NULL`;

/**
 * Makes the partitions of a day where they are missing: all, or those of tables that the server did not know which made the others. They are
 * made aside and then attached, for that way nobody who reads or writes has to wait.
 */
export async function createPartitions(client: pg.Client, day: number): Promise<void> {
  if ((await missingTables(client, day)).length === 0) return;
  const date = isoDate(day);
  await inTransaction(client, async () => {
    await client.query(LOCK);
    for (const name of await missingTables(client, day)) {
      const partition = partitionName(name, day);
      await client.query(`CREATE TABLE ${partition} (LIKE ${name} INCLUDING ALL)`);
      await client.query(`ALTER TABLE ${name} ATTACH PARTITION ${partition} FOR VALUES IN ('${date}')`);
    }
  });
}

async function missingTables(client: pg.Client, day: number): Promise<readonly string[]> {
  const names = DAILY_TABLES.map(({ name }) => name);
  const { rows } = await client.query<{ readonly name: string }>(MISSING, [names, partitionName('', day)]);
  return rows.map(({ name }) => name);
}

/**
 * Drops the partitions of a day. They are detached first, which waits for those who read, and lets everybody else go on.
 * What was interrupted is taken up by the next call for the day.
 */
export async function dropPartitions(client: pg.Client, day: number): Promise<void> {
  await dropLeftovers(client);
  // Events last: as long as they have the partition, the day is found. Meanwhile a roll-up of it may have made partitions anew.
  for (const { name } of [...DAILY_TABLES.toReversed(), ...DAILY_TABLES.slice(1)]) {
    const partition = partitionName(name, day);
    const { rows } = await client.query(`SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1)`, [
      partition,
    ]);
    if (rows.length > 0) await client.query(`ALTER TABLE ${name} DETACH PARTITION ${partition} CONCURRENTLY`);
    await client.query(`DROP TABLE IF EXISTS ${partition}`);
  }
  for (const table of ['pending', 'additions'])
    await client.query(`DELETE FROM ${table} WHERE arrived = '${isoDate(day)}'`);
}

interface Leftover {
  readonly parent: string | null;
  readonly partition: string;
}

async function dropLeftovers(client: pg.Client): Promise<void> {
  const names = DAILY_TABLES.map(({ name }) => name).join('|');
  const { rows } = await client.query<Leftover>(HALF_DROPPED, [`^(${names})_[0-9]{8}$`]);
  for (const { parent, partition } of rows) {
    if (parent !== null) await client.query(`ALTER TABLE ${parent} DETACH PARTITION ${partition} FINALIZE`);
    await client.query(`DROP TABLE ${partition}`);
  }
}

/** Name of a table's partition of a day. */
export function partitionName(table: string, day: number): string {
  return `${table}_${isoDate(day).replaceAll('-', '')}`;
}

/** A day, since 1970-01-01, as `2026-11-29`. */
export function isoDate(day: number): string {
  return new Date(day * DAY_MILLIS).toISOString().slice(0, 10);
}
