import { registerSql } from './client-sketch.ts';
import { names, selected, type Column, type Family, type Keys } from './families.ts';

const COUNTS: readonly Column[] = [
  { name: 'requests', type: 'bigint' },
  { name: 'errors', type: 'bigint' },
  { name: 'kinds', type: 'smallint[]' },
  { name: 'counts', type: 'bigint[]' },
  { name: 'buckets', type: 'smallint[]' },
  { name: 'bucket_counts', type: 'bigint[]' },
];

/** Counts of requests by their kind and by the bucket of their latency: pairs of arrays of the same length. */
export const REQUESTS: Family = {
  measures: COUNTS,
  mergedSql: (relation, keys) => mergedSql(relation, keys, false),
};

/** The same with a sketch of the clients: places of its registers, of which the highest of a register counts. */
export const REQUESTS_AND_CLIENTS: Family = {
  measures: [...COUNTS, { name: 'sketch', type: 'integer[]' }],
  mergedSql: (relation, keys) => mergedSql(relation, keys, true),
};

/**
 * The same with the number of those requests of which other tables, too, hold what they tell: fewer where a server has counted
 * that does not know them, or before there were any.
 */
export const REQUESTS_CLIENTS_AND_TOLD: Family = {
  measures: [...REQUESTS_AND_CLIENTS.measures, { name: 'told', type: 'bigint', isLater: true }],
  mergedSql: (relation, keys) => `
    SELECT merged.*, told
    FROM (${mergedSql(relation, keys, true)}) AS merged
    JOIN (
      SELECT ${names(keys)}, sum(told)::bigint AS told FROM (SELECT ${selected(keys)}, told FROM ${relation} AS given) AS each
      GROUP BY ${names(keys)}) AS of_told USING (${names(keys)})`,
};

/** The width of a minute's counts; a table for which four bytes are enough has the same columns otherwise. */
export const MINUTE_COUNTS: readonly Column[] = COUNTS.map(({ name, type }) => ({
  name,
  type: type.replace('bigint', 'integer'),
}));

function mergedSql(relation: string, keys: Keys, hasSketch: boolean): string {
  const keyNames = names(keys);
  const pairs = (array: string, counts: string, one: string): string => `
    LEFT JOIN (
      SELECT ${keyNames}, array_agg(${one}) AS ${array}, array_agg(n) AS ${counts}
      FROM (
        SELECT ${keyNames}, ${one}, sum(n)::bigint AS n
        FROM (SELECT ${keyNames}, unnest(${array}) AS ${one}, unnest(${counts}) AS n FROM r) AS each
        GROUP BY ${keyNames}, ${one}) AS summed
      GROUP BY ${keyNames}) AS of_${array} USING (${keyNames})`;
  const sketch = `
    LEFT JOIN (
      SELECT ${keyNames}, array_agg(place) AS sketch
      FROM (
        SELECT ${keyNames}, max(place) AS place
        FROM (SELECT ${keyNames}, unnest(sketch) AS place FROM r) AS each
        GROUP BY ${keyNames}, ${registerSql('place')}) AS registers
      GROUP BY ${keyNames}) AS of_sketch USING (${keyNames})`;
  return `
    WITH r AS MATERIALIZED (
      SELECT ${selected(keys)}, requests, errors, kinds, counts, buckets, bucket_counts ${hasSketch ? ', sketch' : ''}
      FROM ${relation} AS given)
    SELECT ${keyNames}, requests, errors, coalesce(kinds, '{}') AS kinds, coalesce(counts, '{}') AS counts,
           coalesce(buckets, '{}') AS buckets, coalesce(bucket_counts, '{}') AS bucket_counts
           ${hasSketch ? `, coalesce(sketch, '{}') AS sketch` : ''}
    FROM (
      SELECT ${keyNames}, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors FROM r GROUP BY ${keyNames}) AS sums
    ${pairs('kinds', 'counts', 'kind')} ${pairs('buckets', 'bucket_counts', 'bucket')} ${hasSketch ? sketch : ''}`;
}
