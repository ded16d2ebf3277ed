import { SPARKLINE_PARTS } from '../../questions/analytics.ts';
import { failedOnly, NO_ERRORS, type ErrorList, type ErrorsQuery } from '../../questions/error-list.ts';
import { toErrorList } from '../../rows/error-group.ts';
import { ENDPOINT_NAME, LISTED_METHOD } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { numbers } from '../engine/values.ts';
import { filtered } from './filter.ts';

const KEYS = 'client_id, listed_method, path, error_type, status_code';

/** Answers an {@link ErrorsQuery}. */
export async function errorListOf(rows: ReadRows, query: ErrorsQuery): Promise<ErrorList> {
  const failed = failedOnly(query);
  if (failed === undefined) return NO_ERRORS;
  const conditions = filtered(failed)
    .number('limit', failed.limit)
    .number('origin', failed.since)
    .number('span', failed.until - failed.since);
  const found = await rows(
    conditions.query(
      `SELECT client_id, listed_method AS method, path, error_type, status_code, sum(n)::BIGINT AS requests,
              min(first) AS first_seen, max(last) AS last_seen, list(part) AS parts, list(n) AS counts,
              count(*) OVER () AS total, (sum(sum(n)) OVER ())::BIGINT AS all_requests
       FROM (
         SELECT ${KEYS}, (ms - $origin) * ${SPARKLINE_PARTS} // $span AS part, count(*) AS n, min(ms) AS first, max(ms) AS last
         FROM (
           SELECT client_id, ${LISTED_METHOD} AS listed_method, path, error_type, status_code, ms
           FROM (
             SELECT client_id, method, ${ENDPOINT_NAME} AS path, error_type, status_code, epoch_ms(event_time) AS ms
             FROM events ${conditions.where}))
         GROUP BY ALL)
       GROUP BY ${KEYS}
       ORDER BY requests DESC, last_seen DESC, path, listed_method, client_id, coalesce(error_type, ''), coalesce(status_code, 0)
       LIMIT $limit`,
    ),
  );
  return toErrorList(found, numbers);
}
