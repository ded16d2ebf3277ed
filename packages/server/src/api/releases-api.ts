import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import type { Analytics } from '../store/questions/analytics.ts';
import type { RELEASES } from './answers/consumers.ts';
import type { Answer } from './answers/members.ts';
import { parseReleasesQuery } from './query/analytics-questions.ts';

/** `GET /api/releases`: which appeared in a range, the newest first. */
export async function releasesReply(
  analytics: Pick<Analytics, 'releases'>,
  params: URLSearchParams,
): Promise<Reply> {
  const parsed = parseReleasesQuery(params, Date.now());
  if (!parsed.ok) return failure(400, parsed.error);
  const { query } = parsed;
  const found = await analytics.releases({ ...query, limit: query.limit + 1 });
  const releases = found.slice(0, query.limit).map(({ clientId, version, firstSeen, previous }) => ({
    client_id: clientId,
    release: version,
    first_seen: formatTime(firstSeen),
    previous:
      previous === null ? null : { release: previous.version, first_seen: formatTime(previous.firstSeen) },
  }));
  const body: Answer<typeof RELEASES> = { releases, more: found.length > query.limit };
  return { status: 200, body };
}
