import type { DuckDBConnection } from '@duckdb/node-api';

/** Runs statements of a connection that count together or not at all. */
export async function inTransaction(connection: DuckDBConnection, task: () => Promise<void>): Promise<void> {
  await connection.run('BEGIN');
  try {
    await task();
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
