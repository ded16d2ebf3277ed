import type pg from 'pg';

import { partitionDays, partitionName } from '../schema/partitions.ts';

/** A day is over when nothing can arrive on it any more, by whatever clock. */
const OPEN_DAYS = 2;

/** What views of failed requests read: they are few, so they are found without being looked up among all others. */
const OF_FAILURES = 'arrived, event_time, method, latency_ms, outcome, source_ip';

/**
 * How events of days that are over are found, by the end of the index's name. To write them with each event would slow ingestion down by
 * a half; for a whole day it is a sort. Few values are in many rows of `client`, which B-trees keep once; an index by hash has nothing of
 * a trace id but four bytes.
 */
const INDEXES: Readonly<Record<string, string>> = {
  client: '(source_ip) WHERE source_ip IS NOT NULL',
  failure: `(status_code) INCLUDE (${OF_FAILURES}) WHERE status_code >= 400`,
  error_type: '(error_type) WHERE error_type IS NOT NULL',
  user: '(user_id) WHERE user_id IS NOT NULL',
  session: '(session_id) WHERE session_id IS NOT NULL',
  consumer: '(consumer) WHERE consumer IS NOT NULL',
  trace: 'USING hash (trace_id) WHERE trace_id IS NOT NULL',
};

const INDEXES_OF = `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = to_regclass($1)`;

/**
 * Makes the indexes of one day that is over and has not all of them, the latest first, for that is asked for most. Nobody waits: nothing
 * is written to such a day. With `VACUUM`, an index tells that an event is there, which is else looked up.
 *
 * @param today - days since 1970-01-01
 * @returns whether there was one, and so there may be more
 */
export async function indexClosedDay(client: pg.Client, today: number): Promise<boolean> {
  const closed = (await partitionDays(client)).filter((day) => day <= today - OPEN_DAYS);
  for (const day of closed.toReversed()) {
    const partition = partitionName('events', day);
    const missing = await missingOf(client, partition);
    for (const sql of missing) await client.query(sql);
    if (missing.length === 0) continue;
    await client.query(`VACUUM ${partition}`);
    return true;
  }
  return false;
}

async function missingOf(client: pg.Client, partition: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ readonly name: string }>(INDEXES_OF, [partition]);
  const known = new Set(rows.map(({ name }) => name));
  return Object.entries(INDEXES)
    .map(([of, columns]) => ({ name: `${partition}_of_${of}`, columns }))
    .filter(({ name }) => !known.has(name))
    .map(({ name, columns }) => `CREATE INDEX ${name} ON ${partition} ${columns}`);
}
