import type { DuckDBConnection } from '@duckdb/node-api';

import { HOUR_MILLIS, MINUTE_MILLIS } from '../../durations.ts';
import type { Arrivals, RetentionLimits, Span } from '../store.ts';
import { takeOutOfAggregates } from './aggregates/rebuild.ts';
import { instantSql } from './engine/conditions.ts';

/** Longest stretch of time that one step deletes, and most events, so that a commit never waits long behind it. */
const STEP_MILLIS = HOUR_MILLIS;
const STEP_EVENTS = 50_000;

/**
 * What came so shortly before the newest stays, whatever its size: it may be in no aggregate yet, and what would come while it is taken out of
 * these would be counted and then deleted.
 */
const LATELY_MILLIS = 5 * MINUTE_MILLIS;

/** Under a size limit so much more is deleted, that it is not reached again at once. */
const ROOM = 0.95;

type Step<T> = (connection: DuckDBConnection) => Promise<T>;

/** How deletion gets its turns. */
export interface RetentionTurns {
  /** Runs a step when nothing else is done beside the writer. */
  readonly step: <T>(step: Step<T>) => Promise<T>;
  /** Gives deleted blocks back to the file while no transaction writes. */
  readonly checkpoint: () => Promise<void>;
}

/** Deletes what is too old, then what is too much. @returns how many events were deleted */
export async function deleteOldEvents(limits: RetentionLimits, turns: RetentionTurns): Promise<number> {
  const before = Math.floor(limits.before / HOUR_MILLIS) * HOUR_MILLIS;
  let deleted = await deleteUntil(turns, before);
  if (limits.maxBytes === undefined) return deleted;
  let usedBefore = Infinity;
  for (;;) {
    const { used, events, oldest, newest } = await turns.step(sizes);
    // Room shows only when a whole row group is gone and a checkpoint was possible: better late than too much deleted.
    if (used <= limits.maxBytes || used >= usedBefore || events === 0) return deleted;
    usedBefore = used;
    // Events take about the same room each; what is not enough is seen in the next round.
    const share = 1 - (limits.maxBytes * ROOM) / used;
    const kept = await turns.step((connection) => firstArrivalBehind(connection, share));
    const until = Math.max(oldest + HOUR_MILLIS, kept);
    const wanted = Math.ceil(until / HOUR_MILLIS) * HOUR_MILLIS;
    const more = await deleteUntil(turns, Math.min(wanted, newest - LATELY_MILLIS));
    await turns.checkpoint();
    if (more === 0) return deleted;
    deleted += more;
  }
}

async function deleteUntil({ step }: RetentionTurns, before: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { oldest, events } = await step(sizes);
    if (events === 0 || oldest >= before) return deleted;
    const until = Math.min(before, oldest + STEP_MILLIS);
    // First: a process that ends in between leaves events that count nowhere, and not what is counted of nobody.
    await step((connection) => takeOutOfAggregates(connection, until));
    let more = 0;
    do {
      more = await step((connection) => deleteEvents(connection, until));
      deleted += more;
    } while (more === STEP_EVENTS);
  }
}

/**
 * Deletes at most {@link STEP_EVENTS} of the events that were received before an instant. By arrival, because that is
 * the order in which they lie in the file: whole row groups become free.
 */
async function deleteEvents(connection: DuckDBConnection, before: number): Promise<number> {
  const result = await connection.run(
    `DELETE FROM events WHERE rowid IN (
       SELECT rowid FROM events WHERE received_at < ${instantSql(Math.floor(before))} LIMIT ${STEP_EVENTS})`,
  );
  return result.rowsChanged;
}

/** When what is stored came, as far as it came before an instant. */
export async function arrivalsBefore(connection: DuckDBConnection, before: number): Promise<Arrivals> {
  const spanOf = async (table: string, column: string): Promise<Span | undefined> => {
    const sql = `SELECT epoch_ms(min(${column})), epoch_ms(max(${column})) FROM ${table}
                 WHERE ${column} < ${instantSql(Math.floor(before))}`;
    const [[first = null, last = null] = []] = (await connection.runAndReadAll(sql)).getRows();
    return first === null ? undefined : { first: Number(first), last: Number(last) };
  };
  return { events: await spanOf('events', 'received_at'), producers: await spanOf('producers', 'last_seen') };
}

/** Bytes of the blocks that hold something. */
export async function usedBytes(connection: DuckDBConnection): Promise<number> {
  return (await sizes(connection)).used;
}

/**
 * When the first event arrived of those that stay where a share of all goes. Their numbers say which these are, and not their times: one that
 * came while the clock was decades ahead would put all others into the share.
 */
async function firstArrivalBehind(connection: DuckDBConnection, share: number): Promise<number> {
  const result = await connection.runAndReadAll(
    `SELECT epoch_ms(min(received_at)) FROM events
     WHERE id >= (SELECT min(id) + floor(${share} * (max(id) - min(id))) FROM events)`,
  );
  return Number(result.getRows()[0]?.[0] ?? 0);
}

interface Sizes {
  /** Bytes of the blocks that hold something: the file keeps free blocks for what comes. */
  readonly used: number;
  readonly events: number;
  readonly oldest: number;
  /** When the newest of them arrived, as that: milliseconds since the epoch. */
  readonly newest: number;
}

async function sizes(connection: DuckDBConnection): Promise<Sizes> {
  const [row = []] = (
    await connection.runAndReadAll(
      `SELECT (SELECT used_blocks * block_size FROM pragma_database_size() WHERE database_name = current_database()), count(*),
              epoch_ms(min(received_at)), epoch_ms(max(received_at)) FROM events`,
    )
  ).getRows();
  const [used = 0, events = 0, oldest = 0, newest = 0] = row.map((value) => Number(value ?? 0));
  return { used, events, oldest, newest };
}
