import { endpointDigitsSql } from '../engine/conditions.ts';
import { names, selected, type Family, type Keys } from './families.ts';
import { countedSql, unpackedSql } from './packed-counts.ts';

/** Most consumers of one row: its arrays are read and written as a whole. */
const CONSUMERS_OF_ROW = 65_536;

/**
 * Consumers, each with every group and label that it had, and what is counted of these: arrays of the same length. Where a consumer is NULL, it
 * is a whole group, for to add up the latencies of its consumers takes long. An array of arrays has to be
 * a rectangle, so latencies and endpoints are texts: numbers of {@link countedSql}, and digits of `ENDPOINT_DIGITS`, between commas.
 */
export const CONSUMERS: Family = {
  measures: [
    { name: 'consumers', type: 'text[]' },
    { name: 'consumer_groups', type: 'text[]' },
    { name: 'consumer_labels', type: 'text[]' },
    { name: 'consumer_requests', type: 'bigint[]' },
    { name: 'consumer_errors', type: 'bigint[]' },
    { name: 'first_seen', type: 'bigint[]' },
    // Of two events of the same instant that with the higher id is the last.
    { name: 'last_seen', type: 'bigint[]' },
    { name: 'last_ids', type: 'bigint[]' },
    { name: 'latencies', type: 'text[]' },
    { name: 'endpoints', type: 'text[]' },
  ],
  mergedSql,
};

/** What tells a consumer with a group and a label from others. */
const IDENTITY = 'consumer, consumer_group, consumer_label';

/** SQL for what each consumer and each group did in an hour at an endpoint, from the events of `batch`. */
export const CONSUMERS_OF_BATCH: string = `
  SELECT start, client_id, method, endpoint, ${IDENTITY}, sum(n)::bigint AS requests, sum(errors)::bigint AS errors,
         min(first_seen) AS first_seen, max(last) AS last,
         string_agg((${countedSql('bucket', 'n')})::text, ',') AS latencies, ${endpointDigitsSql('endpoint')} AS endpoints
  FROM (
    SELECT start, client_id, method, endpoint, ${IDENTITY}, bucket, count(*) AS n, count(*) FILTER (WHERE is_error) AS errors,
           min(event_time) AS first_seen, max(ARRAY[event_time, id]) AS last
    FROM batch WHERE consumer IS NOT NULL OR consumer_group IS NOT NULL GROUP BY start, client_id, method, endpoint, ${IDENTITY}, bucket) AS of_bucket
  GROUP BY GROUPING SETS ((start, client_id, method, endpoint, ${IDENTITY}), (start, client_id, method, endpoint, consumer_group))
  HAVING CASE grouping(consumer) WHEN 0 THEN consumer IS NOT NULL ELSE consumer_group IS NOT NULL END`;

/**
 * SQL for the rows of such a table: consumers of all endpoints together, and of longer periods. Numbers of the same bucket stay several.
 *
 * @param start - SQL for the begin of a row's period
 */
export function consumerTotalsSql(start: string): string {
  return consumerRowsSql(
    `(
    SELECT ${start} AS start, client_id, ${IDENTITY}, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors,
           min(first_seen) AS first_seen, max(last) AS last, string_agg(latencies, ',') AS latencies,
           string_agg(endpoints, ',') AS endpoints
    FROM batch_consumers GROUP BY 1, client_id, ${IDENTITY})`,
    'start, client_id',
  );
}

/**
 * SQL for the rows of such a table. Consumers are numbered across all keys, for to number those of each they would have to be sorted; so a
 * key may have a row more than it needs.
 *
 * @param relation - SQL; any number of rows for a consumer of a combination of keys
 */
export function consumerRowsSql(relation: string, keyNames: string): string {
  return `
    SELECT ${keyNames}, array_agg(consumer) AS consumers, array_agg(consumer_group) AS consumer_groups,
           array_agg(consumer_label) AS consumer_labels, array_agg(requests) AS consumer_requests, array_agg(errors) AS consumer_errors,
           array_agg(first_seen) AS first_seen, array_agg(last[1]) AS last_seen, array_agg(last[2]) AS last_ids,
           array_agg(latencies) AS latencies, array_agg(endpoints) AS endpoints
    FROM (SELECT *, row_number() OVER () / ${CONSUMERS_OF_ROW} AS part FROM ${relation} AS consumers) AS parts
    GROUP BY ${keyNames}, part`;
}

/** A group or a label may be NULL, which equals nothing: so consumers are joined by a number. */
function mergedSql(relation: string, keys: Keys): string {
  const keyNames = names(keys);
  return `
    WITH each AS MATERIALIZED (
      SELECT *, ARRAY[seen, id] AS last, dense_rank() OVER (ORDER BY ${keyNames}, ${IDENTITY}) AS who
      FROM (
        SELECT ${selected(keys)}, unnest(consumers) AS consumer, unnest(consumer_groups) AS consumer_group,
               unnest(consumer_labels) AS consumer_label, unnest(consumer_requests) AS requests, unnest(consumer_errors) AS errors,
               unnest(first_seen) AS first, unnest(last_seen) AS seen, unnest(last_ids) AS id, unnest(latencies) AS latencies,
               unnest(endpoints) AS endpoints
        FROM ${relation} AS given) AS unnested),
    merged AS (
      SELECT ${keyNames}, ${IDENTITY}, requests, errors, first_seen, last, latencies, endpoints
      FROM (
        SELECT who, ${keyNames}, ${IDENTITY}, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors,
               min(first) AS first_seen, max(last) AS last
        FROM each GROUP BY who, ${keyNames}, ${IDENTITY}) AS sums
      LEFT JOIN (
        SELECT who, string_agg((${countedSql('bucket', 'n')})::text, ',') AS latencies
        FROM (SELECT who, bucket, sum(count) AS n FROM each, LATERAL ${unpackedSql('latencies')} AS unpacked GROUP BY who, bucket) AS summed
        GROUP BY who) AS of_latencies USING (who)
      LEFT JOIN (
        SELECT who, string_agg(DISTINCT digits, ',') AS endpoints
        FROM each, unnest(string_to_array(endpoints, ',')) AS e(digits) GROUP BY who) AS of_endpoints USING (who))
    ${consumerRowsSql('merged', keyNames)}`;
}
