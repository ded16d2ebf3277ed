import type { DuckDBConnection } from '@duckdb/node-api';

import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import type { TimeRange } from '../../questions/analytics-filter.ts';
import { instantSql } from '../engine/conditions.ts';
import { inTransaction } from '../engine/transaction.ts';
import { batchSql, batchViewSql } from './batch-sql.ts';
import { SKETCH_RANK, SKETCH_REGISTER } from './client-sketch.ts';
import { addSql, DAYS_FROM_EVENTS, ROLLUP_TABLES } from './rollup-tables.ts';

/** Tables that are made from events; those of clients' days are made from the hours here, which tell clients apart too. */
const FROM_EVENTS = ROLLUP_TABLES.filter(({ period }) => period !== 'day');

/**
 * Takes what arrived before an instant out of the aggregates, in one transaction: every hour that one of these events began
 * in, and its day, is made anew from the events that stay. The events themselves are to be deleted next; if that does not happen,
 * the next attempt begins here again, and comes to the same.
 */
export async function takeOutOfAggregates(connection: DuckDBConnection, before: number): Promise<void> {
  const gone = `received_at < ${instantSql(before)}`;
  const hours = await hoursOf(connection, gone);
  if (hours.length === 0) return;
  const [upTo = 0, minutesFrom = 0] = await numbers(
    connection,
    'SELECT rolled_up_to, minutes_from FROM meta',
  );
  await inTransaction(connection, async () => {
    for (const range of stretchesOf(hours)) {
      const events = `${within('event_time', range)} AND NOT (${gone})`;
      for (const period of ['hour', 'minute'] as const) {
        // As many as the aggregation, and for minutes the writer, has added.
        const isAdded = period === 'hour' ? `id <= ${upTo}` : `(id <= ${upTo} OR id > ${minutesFrom})`;
        await rebuild(connection, period, range, `${events} AND ${isAdded}`);
      }
    }
    for (const day of new Set(hours.map((hour) => Math.floor(hour / DAY_MILLIS) * DAY_MILLIS))) {
      for (const sql of daySql(day)) await connection.run(sql);
      await rebuildDay(
        connection,
        { since: day, until: day + DAY_MILLIS },
        `NOT (${gone}) AND id <= ${upTo}`,
      );
    }
  });
}

async function rebuild(
  connection: DuckDBConnection,
  period: 'hour' | 'minute',
  range: TimeRange,
  condition: string,
): Promise<void> {
  const tables = FROM_EVENTS.filter((table) => table.period === period);
  for (const { name } of tables) await connection.run(`DELETE FROM ${name} WHERE ${within('start', range)}`);
  const [left = 0] = await numbers(connection, `SELECT count(*) FROM events WHERE ${condition}`);
  if (left === 0) return;
  for (const sql of batchSql(condition)) await connection.run(sql);
  for (const table of tables) await connection.run(addSql(table));
}

async function rebuildDay(connection: DuckDBConnection, day: TimeRange, condition: string): Promise<void> {
  let wasThere = 0;
  for (const { name } of DAYS_FROM_EVENTS)
    wasThere += (await connection.run(`DELETE FROM ${name} WHERE ${within('start', day)}`)).rowsChanged;
  // Most applications name no consumers: there is nothing to make anew.
  if (wasThere === 0) return;
  await connection.run(batchViewSql(`${within('event_time', day)} AND ${condition}`));
  for (const table of DAYS_FROM_EVENTS) await connection.run(addSql(table));
}

/** The whole hash of a client is only in the days, and which clients are left only in the hours. */
function daySql(day: number): readonly string[] {
  const start = instantSql(day);
  const ofHours = `FROM hour_clients WHERE ${within('start', { since: day, until: day + DAY_MILLIS })}`;
  return [
    `CREATE OR REPLACE TEMP TABLE left_clients AS
       SELECT client_id, release, environment, synthetic, client, any_value(d.source_ip) AS source_ip,
              any_value(h.requests) AS requests, any_value(h.errors) AS errors, any_value(h.last_seen) AS last_seen
       FROM (SELECT client_id, release, environment, synthetic, client, sum(requests)::BIGINT AS requests,
                    sum(errors)::BIGINT AS errors, max(last_seen) AS last_seen ${ofHours} GROUP BY ALL) AS h
       JOIN (FROM day_clients WHERE start = ${start}) AS d USING (client_id, release, environment, synthetic, client)
       GROUP BY ALL`,
    `DELETE FROM day_clients WHERE start = ${start}`,
    `INSERT INTO day_clients SELECT ${start}, * FROM left_clients`,
    `DROP TABLE left_clients`,
    `DELETE FROM day_sketches WHERE start = ${start}`,
    `INSERT INTO day_sketches SELECT ${start}, client_id, method, endpoint, release, environment, synthetic, ${SKETCH_REGISTER},
              max(${SKETCH_RANK}) ${ofHours} GROUP BY ALL`,
  ];
}

async function hoursOf(connection: DuckDBConnection, condition: string): Promise<readonly number[]> {
  const sql = `SELECT DISTINCT epoch_ms(date_trunc('hour', event_time)) AS hour FROM events WHERE ${condition} ORDER BY hour`;
  return (await connection.runAndReadAll(sql)).getRows().map(([hour]) => Number(hour));
}

/** Hours that follow each other are one stretch, which is read at once. */
function stretchesOf(hours: readonly number[]): readonly TimeRange[] {
  const stretches: { since: number; until: number }[] = [];
  for (const since of hours) {
    const last = stretches.at(-1);
    if (last?.until === since) last.until += HOUR_MILLIS;
    else stretches.push({ since, until: since + HOUR_MILLIS });
  }
  return stretches;
}

function within(column: string, { since, until }: TimeRange): string {
  return `${column} >= ${instantSql(since)} AND ${column} < ${instantSql(until)}`;
}

async function numbers(connection: DuckDBConnection, sql: string): Promise<readonly number[]> {
  const [row = []] = (await connection.runAndReadAll(sql)).getRows();
  return row.map(Number);
}
