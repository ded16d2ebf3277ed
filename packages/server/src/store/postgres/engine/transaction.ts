import type pg from 'pg';

import { CerberusServerError } from '../../../errors.ts';

/** PostgreSQL's code for a warning. */
const WARNING = '01000';

/**
 * Runs a task in a transaction, which is durable when this resolves: on the synchronous standby as well, where there is one.
 *
 * When it rejects, nothing is known: the transaction may have been committed all the same.
 */
export async function inTransaction<T>(client: pg.Client, task: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await task();
    await durably(client, 'COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/**
 * Runs a statement that commits. A wait for the standby that somebody cancels is no error for PostgreSQL: the statement
 * succeeds with a warning, and a promotion may still lose what it did.
 */
export async function durably<T extends pg.QueryResultRow>(
  client: pg.Client,
  sql: string,
  values: unknown[] = [],
): Promise<pg.QueryResult<T>> {
  let isWarned = false;
  const listener = ({ code }: { readonly code?: string | undefined }): void => {
    if (code === WARNING) isWarned = true;
  };
  client.on('notice', listener);
  try {
    const result = await client.query<T>(sql, values);
    if (isWarned) throw new CerberusServerError('DB_UNAVAILABLE', 'the wait for the standby was cancelled');
    return result;
  } finally {
    client.off('notice', listener);
  }
}
