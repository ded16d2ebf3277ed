import { SPARKLINE_PARTS } from '../../questions/analytics.ts';
import { failedOnly, NO_ERRORS, type ErrorList, type ErrorsQuery } from '../../questions/error-list.ts';
import { toErrorList } from '../../rows/error-group.ts';
import type { ReadRows } from '../engine/reads.ts';
import { numbers } from '../engine/values.ts';
import { filtered } from './filter.ts';
import { LISTED_EVENT } from './requests.ts';
import type { StoredState } from './stored-state.ts';

const KEYS = 'client_id, method, path, error_type, status_code';

/** Answers an {@link ErrorsQuery}. Few requests fail, and these have an index of their own. */
export async function errorListOf(
  rows: ReadRows,
  query: ErrorsQuery,
  { daysOf }: Pick<StoredState, 'daysOf'>,
): Promise<ErrorList> {
  const failed = failedOnly(query);
  if (failed === undefined) return NO_ERRORS;
  const conditions = filtered(failed, daysOf(failed))
    .number('limit', failed.limit)
    .number('origin', failed.since)
    .number('span', failed.until - failed.since);
  const found = await rows(
    conditions.query(
      `SELECT ${KEYS}, sum(n)::bigint AS requests, min(first) AS first_seen, max(last) AS last_seen,
              array_agg(part) AS parts, array_agg(n) AS counts,
              count(*) OVER () AS total, (sum(sum(n)) OVER ())::bigint AS all_requests
       FROM (
         SELECT ${KEYS}, (event_time - $origin) * ${SPARKLINE_PARTS} / $span AS part, count(*) AS n,
                min(event_time) AS first, max(event_time) AS last
         FROM (SELECT ${LISTED_EVENT}, error_type, status_code, event_time FROM events ${conditions.where}) AS e
         GROUP BY ${KEYS}, part) AS parts
       GROUP BY ${KEYS}
       ORDER BY requests DESC, last_seen DESC, path COLLATE "C", method COLLATE "C", client_id COLLATE "C",
                coalesce(error_type, '') COLLATE "C", coalesce(status_code, 0)
       LIMIT $limit`,
    ),
  );
  return toErrorList(found, numbers);
}
