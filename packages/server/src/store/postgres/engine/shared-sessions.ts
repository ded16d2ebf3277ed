import { randomUUID } from 'node:crypto';

import type pg from 'pg';

import { CerberusServerError } from '../../../errors.ts';
import type { Connections } from './lasting-connection.ts';

/** Who shares sessions with others may have one that nobody else looks at just then, so it is looked more than once. */
const LOOKS = 5;

const SET = `SELECT set_config('cerberus.session', $1, false)`;
const GET = `SELECT current_setting('cerberus.session', true) AS mark`;

/** What is wrong then. */
export const SHARED_SESSIONS =
  'settings of a session do not stay: a PgBouncer in between must be in session mode';

/**
 * Whether something in between, such as a PgBouncer that is not in session mode, lends one session to several connections: what one of them
 * sets, such as how durable a commit is, then holds for others, and not for itself.
 */
export async function sharesSessions(client: pg.Client, other: pg.Client): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    const mark = randomUUID();
    await client.query(SET, [mark]);
    if ((await markOf(other)) === mark || (await markOf(client)) !== mark) return true;
  }
  return false;
}

async function markOf(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ readonly mark: string | null }>(GET);
  return rows[0]?.mark ?? null;
}

/** @throws CerberusServerError `DB_UNAVAILABLE` where connections have no session of their own: what is acknowledged there may not be durable */
export function haveOwnSessions(client: pg.Client, connections: Pick<Connections, 'connect'>): Promise<void> {
  return beside(connections, async (other) => {
    if (await sharesSessions(client, other)) throw new CerberusServerError('DB_UNAVAILABLE', SHARED_SESSIONS);
  });
}

/** Runs a task with another connection. */
export async function beside<T>(
  connections: Pick<Connections, 'connect'>,
  task: (other: pg.Client) => Promise<T>,
): Promise<T> {
  const other = await connections.connect();
  try {
    return await task(other);
  } finally {
    await other.end().catch(() => undefined);
  }
}
