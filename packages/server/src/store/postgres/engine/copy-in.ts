import { finished } from 'node:stream/promises';

import type pg from 'pg';
import { from } from 'pg-copy-streams';

/** Runs a `COPY … FROM STDIN (FORMAT binary)` with rows that are complete already. */
export async function copyIn(client: pg.Client, sql: string, rows: Buffer): Promise<void> {
  const stream = client.query(from(sql));
  stream.end(rows);
  await finished(stream);
}
