import { names, selected, type Family, type Keys } from './families.ts';
import { statusOfKindSql } from './request-kind.ts';

/** What failed, and what said of which class its error was: arrays of the same length. */
export const ERRORS: Family = {
  measures: [
    { name: 'error_types', type: 'text[]' },
    { name: 'status_codes', type: 'smallint[]' },
    { name: 'failed', type: 'boolean[]' },
    { name: 'counts', type: 'bigint[]' },
    { name: 'first_seen', type: 'bigint[]' },
    { name: 'last_seen', type: 'bigint[]' },
  ],
  mergedSql,
};

/** SQL for the rows of such a table, from the events of `batch`. */
export const ERRORS_OF_BATCH: string = rowsSql(
  `(
    SELECT start, client_id, method, endpoint, error_type, ${statusOfKindSql('kind')} AS status_code, is_error, count(*) AS n,
           min(event_time) AS first, max(event_time) AS last
    FROM batch WHERE error_type IS NOT NULL OR is_error
    GROUP BY start, client_id, method, endpoint, error_type, kind, is_error)`,
  'start, client_id, method, endpoint',
);

function rowsSql(relation: string, keyNames: string): string {
  return `
    SELECT ${keyNames}, array_agg(error_type) AS error_types, array_agg(status_code) AS status_codes, array_agg(is_error) AS failed,
           array_agg(n) AS counts, array_agg(first) AS first_seen, array_agg(last) AS last_seen
    FROM ${relation} AS errors GROUP BY ${keyNames}`;
}

function mergedSql(relation: string, keys: Keys): string {
  const keyNames = names(keys);
  return rowsSql(
    `(
      SELECT ${keyNames}, error_type, status_code, is_error, sum(n)::bigint AS n, min(first) AS first, max(last) AS last
      FROM (
        SELECT ${selected(keys)}, unnest(error_types) AS error_type, unnest(status_codes) AS status_code, unnest(failed) AS is_error,
               unnest(counts) AS n, unnest(first_seen) AS first, unnest(last_seen) AS last
        FROM ${relation} AS given) AS each
      GROUP BY ${keyNames}, error_type, status_code, is_error)`,
    keyNames,
  );
}
