import type { NewRelease, ReleasesQuery } from '../../questions/release-list.ts';
import { toNewRelease } from '../../rows/releases.ts';
import { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';

/** Answers a {@link ReleasesQuery}. */
export async function releaseListOf(rows: ReadRows, query: ReleasesQuery): Promise<readonly NewRelease[]> {
  const wanted = new Conditions().text('client_id', 'client_id = $client_id', query.clientId);
  const ofClient = wanted.where;
  const found = await rows(
    wanted
      // Not before it is known which one was before.
      .text('release', 'service_version = $release', query.version)
      .number('since', query.since)
      .number('until', query.until)
      .number('limit', query.limit)
      .query(
        `SELECT * FROM (
           SELECT client_id, service_version, epoch_ms(first_seen) AS first_seen, lag(service_version) OVER earlier AS previous,
                  lag(epoch_ms(first_seen)) OVER earlier AS previous_seen
           FROM releases ${ofClient}
           WINDOW earlier AS (PARTITION BY client_id ORDER BY first_seen, service_version))
         WHERE first_seen >= $since AND first_seen < $until${wanted.ands}
         ORDER BY first_seen DESC, client_id, service_version DESC LIMIT $limit`,
      ),
  );
  return found.map(toNewRelease);
}
