import type pg from 'pg';

import { MAX_RELEASES, type Release } from '../../questions/release-list.ts';

/** Another server may store the same at the same time: the earlier time stays. */
const INSERT = `
  INSERT INTO releases AS r (client_id, service_version, first_seen)
  SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[])
  ON CONFLICT (client_id, service_version) DO UPDATE SET first_seen = excluded.first_seen WHERE r.first_seen > excluded.first_seen`;

const DELETE_OLD = `
  DELETE FROM releases WHERE (client_id, service_version) IN (
    SELECT client_id, service_version FROM (
      SELECT client_id, service_version,
             row_number() OVER (PARTITION BY client_id ORDER BY first_seen DESC, service_version DESC) AS place
      FROM releases) AS placed
    WHERE place > ${MAX_RELEASES})`;

/** Stores some, within a transaction. */
export async function addReleases(client: pg.Client, releases: readonly Release[]): Promise<void> {
  if (releases.length === 0) return;
  await client.query(INSERT, [
    releases.map(({ clientId }) => clientId),
    releases.map(({ version }) => version),
    releases.map(({ firstSeen }) => firstSeen),
  ]);
}

/** Forgets all but the newest of each application. */
export async function forgetReleases(client: pg.Client): Promise<void> {
  await client.query(DELETE_OLD);
}
