import { names, selected, type Family, type Keys } from './families.ts';

/** Most texts of a metric that a row keeps: of one roll-up, and of rows that were put together. */
export const TEXTS_OF_STEP = 50;
const TEXTS_OF_ROW = 200;

const TYPES = ['numbers', 'booleans', 'strings', 'lists', 'objects'] as const;

/**
 * A custom metric: how often it was of each type; of numbers their sum, and of each bucket how many, the least and the greatest;
 * the most frequent booleans and texts as JSON. Arrays that belong together have the same length.
 */
export const METRICS: Family = {
  measures: [
    ...TYPES.map((name) => ({ name, type: 'bigint' })),
    { name: 'total', type: 'float8' },
    { name: 'buckets', type: 'smallint[]' },
    { name: 'bucket_counts', type: 'bigint[]' },
    { name: 'leasts', type: 'float8[]' },
    { name: 'greatests', type: 'float8[]' },
    { name: 'texts', type: 'text[]' },
    { name: 'text_counts', type: 'bigint[]' },
  ],
  mergedSql,
};

function mergedSql(relation: string, keys: Keys): string {
  const keyNames = names(keys);
  return `
    WITH m AS MATERIALIZED (
      SELECT ${selected(keys)}, ${TYPES.join(', ')}, total, buckets, bucket_counts, leasts, greatests, texts, text_counts
      FROM ${relation} AS given)
    SELECT ${keyNames}, ${TYPES.join(', ')}, total, coalesce(buckets, '{}') AS buckets, coalesce(bucket_counts, '{}') AS bucket_counts,
           coalesce(leasts, '{}') AS leasts, coalesce(greatests, '{}') AS greatests, coalesce(texts, '{}') AS texts,
           coalesce(text_counts, '{}') AS text_counts
    FROM (
      SELECT ${keyNames}, ${TYPES.map((type) => `sum(${type})::bigint AS ${type}`).join(', ')}, sum(total) AS total
      FROM m GROUP BY ${keyNames}) AS sums
    LEFT JOIN (
      SELECT ${keyNames}, array_agg(bucket) AS buckets, array_agg(n) AS bucket_counts, array_agg(least) AS leasts,
             array_agg(greatest) AS greatests
      FROM (
        SELECT ${keyNames}, bucket, sum(n)::bigint AS n, min(least) AS least, max(greatest) AS greatest
        FROM (
          SELECT ${keyNames}, unnest(buckets) AS bucket, unnest(bucket_counts) AS n, unnest(leasts) AS least,
                 unnest(greatests) AS greatest FROM m) AS each
        GROUP BY ${keyNames}, bucket) AS summed
      GROUP BY ${keyNames}) AS of_buckets USING (${keyNames})
    LEFT JOIN (
      SELECT ${keyNames}, array_agg(value) AS texts, array_agg(n) AS text_counts
      FROM (
        SELECT *, row_number() OVER (PARTITION BY ${keyNames} ORDER BY n DESC, value COLLATE "C") AS place
        FROM (
          SELECT ${keyNames}, value, sum(n)::bigint AS n
          FROM (SELECT ${keyNames}, unnest(texts) AS value, unnest(text_counts) AS n FROM m) AS each
          GROUP BY ${keyNames}, value) AS summed) AS ranked
      WHERE place <= ${TEXTS_OF_ROW} GROUP BY ${keyNames}) AS of_texts USING (${keyNames})`;
}
