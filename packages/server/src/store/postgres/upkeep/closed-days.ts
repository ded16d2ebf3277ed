import type pg from 'pg';

import { systemCodeOf } from '../../../errors.ts';
import { ENDPOINT_HASH } from '../engine/conditions.ts';
import { partitionDays, partitionName } from '../schema/partitions.ts';

/** A day is over when nothing can arrive on it any more, by whatever clock. */
const OPEN_DAYS = 2;

/** Stands for a latency of the day. */
const SLOW = '$slow';

/** What an overview and its clients read. Of what is few and asked for often, an index has it: to look events up among all others takes longest. */
const OF_OVERVIEWS = ['arrived', 'event_time', 'method', 'status_code', 'latency_ms', 'outcome', 'source_ip'];

/** What endpoints read beside it. An index cannot hold texts that are longer than its pages let them be, and then goes without. */
const OF_ENDPOINTS = ['client_id', 'endpoint', 'route', 'path_group'];

/** `program_limit_exceeded`. */
const TOO_LONG = '54000';

/**
 * How events of days that are over are found, by the end of the index's name. To write them with each event would slow ingestion down by
 * a half; for a whole day it is a sort. Few values are in many rows of `client`, which B-trees keep once; an index by hash has nothing of
 * a trace id but four bytes. Where there are several ways to make one, the first that the texts of the day allow is taken.
 */
const INDEXES: Readonly<Record<string, readonly string[]>> = {
  client: ['(source_ip) WHERE source_ip IS NOT NULL'],
  failure: withViews('status_code', 'WHERE status_code >= 400'),
  error_type: ['(error_type) WHERE error_type IS NOT NULL'],
  user: ['(user_id) WHERE user_id IS NOT NULL'],
  session: ['(session_id) WHERE session_id IS NOT NULL'],
  consumer: ['(consumer) WHERE consumer IS NOT NULL'],
  trace: ['USING hash (trace_id) WHERE trace_id IS NOT NULL'],
  slow: withViews('latency_ms', `WHERE latency_ms >= ${SLOW}`),
  endpoint: [`(${ENDPOINT_HASH}, latency_ms)`],
};

/** With all that views read, and with the least of it. */
function withViews(column: string, where: string): readonly string[] {
  return [[...OF_OVERVIEWS, ...OF_ENDPOINTS], OF_OVERVIEWS].map(
    (columns) => `(${column}) INCLUDE (${columns.filter((each) => each !== column).join(', ')}) ${where}`,
  );
}

/** From which latency on those of a partition are slow, one in twenty; a text that PostgreSQL reads as the same number. */
function slowSql(partition: string): string {
  return `SELECT coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms), 'infinity')::text AS slow FROM ${partition}`;
}

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
    for (const ways of missing) await makeIndex(client, partition, ways);
    if (missing.length === 0) continue;
    await client.query(`VACUUM ${partition}`);
    return true;
  }
  return false;
}

async function makeIndex(
  client: pg.Client,
  partition: string,
  [first, ...others]: readonly string[],
): Promise<void> {
  if (first === undefined) return;
  try {
    await client.query(await withSlow(client, partition, first));
  } catch (error) {
    if (systemCodeOf(error) !== TOO_LONG || others.length === 0) throw error;
    await makeIndex(client, partition, others);
  }
}

async function withSlow(client: pg.Client, partition: string, sql: string): Promise<string> {
  if (!sql.includes(SLOW)) return sql;
  const { rows } = await client.query<{ readonly slow: string }>(slowSql(partition));
  return sql.replace(SLOW, `'${rows[0]?.slow}'::float8`);
}

/** For each index that is missing, statements that make it, the best first. */
async function missingOf(client: pg.Client, partition: string): Promise<readonly (readonly string[])[]> {
  const { rows } = await client.query<{ readonly name: string }>(INDEXES_OF, [partition]);
  const known = new Set(rows.map(({ name }) => name));
  return Object.entries(INDEXES)
    .map(([of, ways]) => ({ name: `${partition}_of_${of}`, ways }))
    .filter(({ name }) => !known.has(name))
    .map(({ name, ways }) => ways.map((way) => `CREATE INDEX ${name} ON ${partition} ${way}`));
}
