import { HOUR_MILLIS } from '../../../durations.ts';
import { hasCoarseSparkline, SPARKLINE_PARTS } from '../../questions/analytics.ts';
import { failedOnly, NO_ERRORS, type ErrorList, type ErrorsQuery } from '../../questions/error-list.ts';
import { isToldByKeys } from '../../filter/event-filter.ts';
import { toErrorList } from '../../rows/error-group.ts';
import { ENDPOINT_NAME, LISTED_METHOD } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { numbers } from '../engine/values.ts';
import { filtered } from './filter.ts';
import { rollupRange, type RolledUp } from './rollup-range.ts';

const KEYS = 'client_id, listed_method, path, error_type, status_code';

/**
 * Answers an {@link ErrorsQuery}. Parts of a sparkline begin where the range says; only in ranges of more than a week may an hour more or less
 * not show, and then aggregates answer.
 */
export async function errorListOf(
  rows: ReadRows,
  query: ErrorsQuery,
  rolledUp: RolledUp,
): Promise<ErrorList> {
  const failed = failedOnly(query);
  if (failed === undefined) return NO_ERRORS;
  const periods = hasCoarseSparkline(query) ? [HOUR_MILLIS] : [];
  const range = rollupRange(failed, rolledUp, periods, isToldByKeys({ ...failed, failed: undefined }));
  const parts = `
    SELECT client_id, method, endpoint AS path, error_type, status_code, epoch_ms(start) AS ms, requests,
           epoch_ms(first_seen) AS first, epoch_ms(last_seen) AS last
    FROM ${range.aggregated('hour_errors', HOUR_MILLIS)} WHERE failed
    UNION ALL
    FROM ${range.events(`client_id, method, ${ENDPOINT_NAME} AS path, error_type, status_code, epoch_ms(event_time) AS ms,
                         1 AS requests, epoch_ms(event_time) AS first, epoch_ms(event_time) AS last`)}`;
  const found = await rows(
    filtered(failed)
      .number('limit', failed.limit)
      .number('origin', failed.since)
      .number('span', failed.until - failed.since)
      .query(
        `SELECT client_id, listed_method AS method, path, error_type, status_code, sum(n)::BIGINT AS requests,
                min(first) AS first_seen, max(last) AS last_seen, list(part) AS parts, list(n) AS counts,
                count(*) OVER () AS total, (sum(sum(n)) OVER ())::BIGINT AS all_requests
         FROM (
           SELECT ${KEYS}, (ms - $origin) * ${SPARKLINE_PARTS} // $span AS part, sum(requests)::BIGINT AS n, min(first) AS first,
                  max(last) AS last
           FROM (SELECT *, ${LISTED_METHOD} AS listed_method FROM (${parts}))
           GROUP BY ${KEYS}, part)
         GROUP BY ${KEYS}
         ORDER BY requests DESC, last_seen DESC, path, listed_method, client_id, coalesce(error_type, ''), coalesce(status_code, 0)
         LIMIT $limit`,
      ),
  );
  return toErrorList(found, numbers);
}
