import type { DuckDBConnection } from '@duckdb/node-api';

/** The highest id that an event has had. Where the last were deleted, `meta` still knows how far the numbers went. */
export async function lastEventId(connection: DuckDBConnection): Promise<number> {
  const sql =
    'SELECT greatest((SELECT max(id) FROM events), any_value(rolled_up_to), any_value(minutes_from)) FROM meta';
  const rows = (await connection.runAndReadAll(sql)).getRows();
  return Number(rows[0]?.[0] ?? 0);
}
