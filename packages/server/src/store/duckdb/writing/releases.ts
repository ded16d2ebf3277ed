import { BIGINT, LIST, listValue, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';

import { MAX_RELEASES, type Release } from '../../questions/release-list.ts';

/** Some may be stored, though nobody remembered them: then the earlier time stays. */
const MERGE = `
  MERGE INTO releases AS r
  USING (
    SELECT unnest($clients::VARCHAR[]) AS client_id, unnest($versions::VARCHAR[]) AS service_version,
           make_timestamp_ms(unnest($seen::BIGINT[])) AS first_seen
  ) AS u ON r.client_id = u.client_id AND r.service_version = u.service_version
  WHEN MATCHED AND u.first_seen < r.first_seen THEN UPDATE SET first_seen = u.first_seen
  WHEN NOT MATCHED THEN INSERT VALUES (u.client_id, u.service_version, u.first_seen)`;

const DELETE_OLD = `
  DELETE FROM releases WHERE rowid IN (
    SELECT rowid FROM releases
    QUALIFY row_number() OVER (PARTITION BY client_id ORDER BY first_seen DESC, service_version DESC) > ${MAX_RELEASES})`;

/** All that are stored. */
export async function storedReleases(connection: DuckDBConnection): Promise<readonly Release[]> {
  const sql = 'SELECT client_id, service_version, epoch_ms(first_seen) FROM releases';
  const rows = (await connection.runAndReadAll(sql)).getRows();
  return rows.map(([clientId, version, firstSeen]) => ({
    clientId: String(clientId),
    version: String(version),
    firstSeen: Number(firstSeen),
  }));
}

/** Stores some, within a transaction. */
export async function addReleases(connection: DuckDBConnection, releases: readonly Release[]): Promise<void> {
  if (releases.length === 0) return;
  await connection.run(
    MERGE,
    {
      clients: listValue(releases.map(({ clientId }) => clientId)),
      versions: listValue(releases.map(({ version }) => version)),
      seen: listValue(releases.map(({ firstSeen }) => BigInt(firstSeen))),
    },
    { clients: LIST(VARCHAR), versions: LIST(VARCHAR), seen: LIST(BIGINT) },
  );
}

/** Forgets all but the newest of each application. */
export async function forgetReleases(connection: DuckDBConnection): Promise<void> {
  await connection.run(DELETE_OLD);
}
