import type pg from 'pg';

import { forgetReleases } from './releases.ts';

/** What other servers lock of them, too, is locked in their order: nobody waits for another in a circle. */
function lockedSql(condition: string): string {
  return `WITH locked AS MATERIALIZED (SELECT producer FROM producers WHERE ${condition} ORDER BY producer FOR UPDATE)`;
}

/** Each server says of which producers it has a connection; what none has said so of for long is forgotten. */
const HOLD = `
  ${lockedSql('producer = ANY($1)')}
  UPDATE producers AS p SET held_at = $2, held_by = $3 FROM locked WHERE p.producer = locked.producer`;
const DELETE = `
  ${lockedSql('last_seen < $1 AND NOT producer = ANY($2) AND (held_by = $3 OR held_at < $1)')}
  DELETE FROM producers AS p USING locked WHERE p.producer = locked.producer`;

/** Removes the rows of producers that were last seen before an instant, and releases that are too many. @returns how many producers */
export async function forgetProducers(
  client: pg.Client,
  lastSeenBefore: number,
  keep: readonly string[],
  node: string,
): Promise<number> {
  const before = Math.floor(lastSeenBefore);
  await client.query(HOLD, [keep, Date.now(), node]);
  await forgetReleases(client);
  return (await client.query(DELETE, [before, keep, node])).rowCount ?? 0;
}
