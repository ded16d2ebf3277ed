import { HOUR_MILLIS } from '../../../durations.ts';
import { hasCoarseSparkline, SPARKLINE_PARTS } from '../../questions/analytics.ts';
import { failedOnly, NO_ERRORS, type ErrorList, type ErrorsQuery } from '../../questions/error-list.ts';
import { isToldByEndpoints } from '../../filter/event-filter.ts';
import { toErrorList } from '../../rows/error-group.ts';
import { HOUR_ERRORS } from '../aggregates/tables.ts';
import { listedMethodSql } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { numbers } from '../engine/values.ts';
import { LISTED_EVENT } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

const KEYS = 'client_id, method, path, error_type, status_code';

/**
 * Answers an {@link ErrorsQuery}. Few requests fail, and these have an index of their own; only in ranges of more than a week, where an hour more
 * or less does not show in a sparkline, aggregates answer.
 */
export async function errorListOf(
  rows: ReadRows,
  query: ErrorsQuery,
  state: StoredState,
): Promise<ErrorList> {
  const failed = failedOnly(query);
  if (failed === undefined) return NO_ERRORS;
  const periods = hasCoarseSparkline(query) ? [HOUR_MILLIS] : [];
  const range = rollupRange(failed, state, periods, [], {
    isTold: isToldByEndpoints({ ...failed, failed: undefined }),
    from: state.laterFrom,
  });
  const ofRows = range.aggregated(
    HOUR_ERRORS,
    `client_id, ${listedMethodSql('endpoint')} AS method, endpoint AS path, unnest(error_types) AS error_type,
     unnest(status_codes) AS status_code, start AS ms, unnest(counts) AS n, unnest(first_seen) AS first,
     unnest(last_seen) AS last, unnest(failed) AS failed`,
  );
  const ofEvents = range.events(
    `${LISTED_EVENT}, error_type, status_code, event_time AS ms, 1 AS n, event_time AS first, event_time AS last, true AS failed`,
  );
  const found = await rows(
    range
      .conditions()
      .number('limit', failed.limit)
      .number('origin', failed.since)
      .number('span', failed.until - failed.since)
      .query(
        `SELECT ${KEYS}, sum(n)::bigint AS requests, min(first) AS first_seen, max(last) AS last_seen,
                array_agg(part) AS parts, array_agg(n) AS counts,
                count(*) OVER () AS total, (sum(sum(n)) OVER ())::bigint AS all_requests
         FROM (
           SELECT ${KEYS}, (ms - $origin) * ${SPARKLINE_PARTS} / $span AS part, sum(n)::bigint AS n, min(first) AS first,
                  max(last) AS last
           FROM (${ofRows} UNION ALL ${ofEvents}) AS e WHERE failed
           GROUP BY ${KEYS}, part) AS parts
         GROUP BY ${KEYS}
         ORDER BY requests DESC, last_seen DESC, path COLLATE "C", method COLLATE "C", client_id COLLATE "C",
                  coalesce(error_type, '') COLLATE "C", coalesce(status_code, 0)
         LIMIT $limit`,
      ),
  );
  return toErrorList(found, numbers);
}
