import { LIST, listValue, VARCHAR } from '@duckdb/node-api';

import { earlierFilter, type ConsumerList, type ConsumersQuery } from '../../questions/consumer-list.ts';
import { CONSUMER_ORDERS_SQL, toConsumerList } from '../../rows/consumers.ts';
import { text } from '../../rows/values.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { consumerSource, earlierSql, WHO } from './consumer-source.ts';
import { filtered } from './filter.ts';
import type { RolledUp } from './rollup-range.ts';
import { bindSearch, foundSql } from './search.ts';
import { isStoredBefore } from './stored-before.ts';

/**
 * Answers a {@link ConsumersQuery}. Percentiles and endpoints, which take long of many, are worked out of those only that are listed, unless
 * they decide which these are. Totals are no windows, which DuckDB takes thirty times as long for.
 */
export async function consumerListOf(
  rows: ReadRows,
  query: ConsumersQuery,
  rolledUp: RolledUp,
): Promise<ConsumerList> {
  const { by, order, search, limit } = query;
  const source = consumerSource(query, rolledUp);
  const { inline, joined } = source.measure(order);
  const isFound =
    search === undefined
      ? 'true'
      : `${foundSql('value', 'search', search)}${by === 'consumer' ? ` OR coalesce(bool_or(${foundSql('label', 'search', search)}), false)` : ''}`;
  const figures = await rows(
    bindSearch(filtered(query), 'search', search).number('limit', limit).query(`
        WITH figures AS (
          SELECT value, sum(requests)::BIGINT AS requests, sum(errors)::BIGINT AS errors, min(first_seen) AS first_seen,
                 ${source.lastSeen} AS last_seen ${inline === undefined ? '' : `, ${inline} AS ${order}`}
          FROM ${source.figures} WHERE value IS NOT NULL GROUP BY value HAVING ${isFound}),
        earlier AS (SELECT DISTINCT value FROM ${earlierSql(query, rolledUp)} WHERE value IS NOT NULL),
        known AS MATERIALIZED (
          SELECT figures.*, earlier.value IS NULL AS is_new
          FROM figures LEFT JOIN earlier ON earlier.value = figures.value)
        SELECT known.*, ${joined === undefined ? '' : `measured.${order}, `} (SELECT count(*) FROM known) AS total, (SELECT count(*) FROM known WHERE is_new) AS newcomers
        FROM known ${joined === undefined ? '' : `LEFT JOIN ${joined} AS measured ON measured.who = ${WHO}`}
        ORDER BY ${CONSUMER_ORDERS_SQL[order]} DESC, requests DESC, value LIMIT $limit`),
  );
  const details = await rows(
    filtered(query)
      .value('listed', LIST(VARCHAR), listValue(figures.map((row) => text(row['value']))))
      .query(`FROM ${source.details('value IN (SELECT unnest($listed::VARCHAR[]))', order)}`),
  );
  const isEarlierKept = await isStoredBefore(rows, earlierFilter(query).since);
  return toConsumerList({ estimated: source.estimated, isEarlierKept }, figures, details);
}
