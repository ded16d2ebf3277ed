import type pg from 'pg';
import { dayOf } from '../engine/days.ts';

import type { Arrivals, RetentionLimits, Span } from '../../store.ts';
import { dropPartitions, isoDate, keptDays, partitionDays } from '../schema/partitions.ts';
import { DAILY_TABLES } from '../schema/tables.ts';

/** Two servers that come to it at once would wait for each other's partitions. */
const LOCK = `SELECT pg_try_advisory_lock(hashtext('cerberus'), 3) AS is_mine`;
const UNLOCK = `SELECT pg_advisory_unlock(hashtext('cerberus'), 3)`;

/** Drops days that are too old, then, from the oldest on, what is too much. @returns how many events went with them */
export async function deleteOldDays(
  client: pg.Client,
  { before, maxBytes }: RetentionLimits,
): Promise<number> {
  const { rows } = await client.query<{ readonly is_mine: boolean }>(LOCK);
  if (rows[0]?.is_mine !== true) return 0;
  try {
    let deleted = 0;
    const days = await keptDays(client);
    // A day goes when all of it is too old.
    const old = days.filter((day) => day < dayOf(before));
    for (const day of old) deleted += await dropDay(client, day);
    if (maxBytes === undefined) return deleted;
    const today = dayOf(Date.now());
    for (const day of days.filter((each) => !old.includes(each) && each < today)) {
      if ((await usedBytes(client)) <= maxBytes) break;
      deleted += await dropDay(client, day);
    }
    return deleted;
  } finally {
    await client.query(UNLOCK);
  }
}

async function dropDay(client: pg.Client, day: number): Promise<number> {
  const { rows } = await client.query<{ readonly count: number }>(
    `SELECT count(*) AS count FROM events WHERE arrived = '${isoDate(day)}'`,
  );
  await dropPartitions(client, day);
  return rows[0]?.count ?? 0;
}

/** Bytes of everything that is kept by day. */
async function usedBytes(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ readonly bytes: number }>(
    `SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::bigint AS bytes
     FROM pg_inherits WHERE inhparent = ANY($1::regclass[])`,
    [DAILY_TABLES.map(({ name }) => name)],
  );
  return rows[0]?.bytes ?? 0;
}

interface SpanRow {
  readonly first: number | null;
  readonly last: number | null;
}

/** When what is stored came, as far as it came before an instant. */
export async function arrivalsBefore(client: pg.Client, before: number): Promise<Arrivals> {
  const days = (await partitionDays(client)).filter((day) => day <= dayOf(before));
  const first = await firstOf(days, (day) => spanOfDay(client, day, before));
  const last = await firstOf(days.toReversed(), (day) => spanOfDay(client, day, before));
  const { rows } = await client.query<SpanRow>(
    `SELECT min(last_seen) AS first, max(last_seen) AS last FROM producers WHERE last_seen < $1`,
    [Math.floor(before)],
  );
  return {
    events: first === undefined || last === undefined ? undefined : { first: first.first, last: last.last },
    producers: toSpan(rows[0]),
  };
}

async function spanOfDay(client: pg.Client, day: number, before: number): Promise<Span | undefined> {
  const { rows } = await client.query<SpanRow>(
    `SELECT min(received_at) AS first, max(received_at) AS last FROM events
     WHERE arrived = '${isoDate(day)}' AND received_at < $1`,
    [Math.floor(before)],
  );
  return toSpan(rows[0]);
}

async function firstOf(
  days: readonly number[],
  spanOf: (day: number) => Promise<Span | undefined>,
): Promise<Span | undefined> {
  for (const day of days) {
    const span = await spanOf(day);
    if (span !== undefined) return span;
  }
  return undefined;
}

function toSpan(row: SpanRow | undefined): Span | undefined {
  if (row === undefined || row.first === null || row.last === null) return undefined;
  return { first: row.first, last: row.last };
}
