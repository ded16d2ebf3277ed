import type pg from 'pg';

import { MAX_RELEASES, type Release } from '../../questions/release-list.ts';

/** Whoever stores or forgets several comes to them in this order: nobody waits for another in a circle. */
const IN_ORDER = 'ORDER BY client_id COLLATE "C", service_version COLLATE "C"';

/** Another server may store the same at the same time: the earlier time stays. */
const INSERT = `
  INSERT INTO releases AS r (client_id, service_version, first_seen)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) AS given(client_id, service_version, first_seen) ${IN_ORDER}
  ON CONFLICT (client_id, service_version) DO UPDATE SET first_seen = excluded.first_seen WHERE r.first_seen > excluded.first_seen`;

const DELETE_OLD = `
  WITH locked AS MATERIALIZED (
    SELECT client_id, service_version FROM releases WHERE (client_id, service_version) IN (
      SELECT client_id, service_version FROM (
        SELECT client_id, service_version,
               row_number() OVER (PARTITION BY client_id ORDER BY first_seen DESC, service_version DESC) AS place
        FROM releases) AS placed
      WHERE place > ${MAX_RELEASES})
    ${IN_ORDER} FOR UPDATE)
  DELETE FROM releases AS r USING locked WHERE (r.client_id, r.service_version) = (locked.client_id, locked.service_version)`;

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
