import {
  earlierFilter,
  type ConsumerList,
  type ConsumerOrder,
  type ConsumersQuery,
} from '../../questions/consumer-list.ts';
import { foldAscii } from '../../filter/event-filter.ts';
import { toConsumerList } from '../../rows/consumers.ts';
import { text } from '../../rows/values.ts';
import { storable } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { consumerSource, earlierSql, type ConsumerSource } from './consumer-source.ts';
import { foldedSql } from './filter.ts';
import type { StoredState } from './stored-state.ts';

/** What each order compares, the greatest first. */
export const CONSUMER_ORDERS_SQL: Readonly<Record<ConsumerOrder, string>> = {
  requests: 'requests',
  errors: 'errors',
  error_rate: 'errors::float8 / requests',
  p95: 'coalesce(p95, -1)',
  endpoints: 'endpoints',
  first_seen: 'first_seen',
  last_seen: 'last_seen',
};

const IS_SOMEBODY = 'value IS NOT NULL';
const IS_LISTED = 'value = ANY ($listed)';

/**
 * Answers a {@link ConsumersQuery}. Percentiles and endpoints, which take long of many, are worked out of those only that are listed, unless
 * they decide which these are.
 */
export async function consumerListOf(
  rows: ReadRows,
  query: ConsumersQuery,
  state: StoredState,
): Promise<ConsumerList> {
  const { by, order, search, limit } = query;
  const source = consumerSource(query, state);
  const measured = measureSql(source, order, IS_SOMEBODY);
  const isFound =
    search === undefined
      ? 'true'
      : `${hasText('value')}${by === 'consumer' ? ` OR coalesce(bool_or(${hasText('label')}), false)` : ''}`;
  const figures = await rows(
    source.range
      .conditions()
      .number('limit', limit)
      .value('earlier_days', 'date[]', state.daysOf(earlierFilter(query)))
      .value('search', 'text', storable(foldAscii(search ?? ''))).query(`
        WITH figures AS MATERIALIZED (
          SELECT value, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors, min(first_seen) AS first_seen,
                 max(last_seen) AS last_seen
          FROM ${source.figures} AS f WHERE ${IS_SOMEBODY} GROUP BY value HAVING ${isFound}),
        earlier AS (SELECT DISTINCT value FROM ${earlierSql(query, state)} AS e WHERE ${IS_SOMEBODY}),
        known AS MATERIALIZED (
          SELECT figures.*, earlier.value IS NULL AS is_new
          FROM figures LEFT JOIN earlier ON earlier.value = figures.value)
        SELECT known.*, (SELECT count(*) FROM known) AS total, (SELECT count(*) FROM known WHERE is_new) AS newcomers
        FROM known ${measured === undefined ? '' : `LEFT JOIN ${measured} AS measured USING (value)`}
        ORDER BY ${CONSUMER_ORDERS_SQL[order]} DESC, requests DESC, value COLLATE "C" LIMIT $limit`),
  );
  const names =
    by === 'consumer'
      ? `(SELECT value, ${latestSql('label')} AS label, ${latestSql('name')} AS consumer_group
          FROM ${source.names} AS n WHERE ${IS_LISTED} GROUP BY value)`
      : `(SELECT unnest($listed) AS value, NULL AS label, NULL AS consumer_group)`;
  const details = await rows(
    source.range.conditions().value(
      'listed',
      'text[]',
      figures.map((row) => text(row['value'])),
    ).query(`
        SELECT value, p95, endpoints, label, consumer_group
        FROM ${names} AS names
        LEFT JOIN ${measureSql(source, 'endpoints', IS_LISTED)} AS counted USING (value)
        LEFT JOIN ${source.latencies(IS_LISTED)} AS measured USING (value)`),
  );
  return toConsumerList(source.estimated, figures, details);
}

/** What an order takes beside the figures: columns `value` and a measure. */
function measureSql(source: ConsumerSource, order: ConsumerOrder, condition: string): string | undefined {
  if (order === 'p95') return source.latencies(condition);
  if (order !== 'endpoints') return undefined;
  return `(
    SELECT value, count(*) AS endpoints
    FROM (SELECT value, endpoint FROM ${source.endpoints(condition)} AS each GROUP BY value, endpoint) AS different
    GROUP BY value)`;
}

/** What a column said last. */
function latestSql(column: string): string {
  return `(array_agg(${column} ORDER BY last DESC) FILTER (WHERE ${column} IS NOT NULL))[1]`;
}

/** Whether a text has what is searched for in it. */
function hasText(each: string): string {
  return `strpos(${foldedSql(each)}, $search) > 0`;
}
