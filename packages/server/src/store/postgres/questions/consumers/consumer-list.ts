import { earlierFilter, type ConsumerList, type ConsumersQuery } from '../../../questions/consumer-list.ts';
import { CONSUMER_ORDERS_SQL, toConsumerList } from '../../../rows/consumers.ts';
import { text } from '../../../rows/values.ts';
import type { ReadRows } from '../../engine/reads.ts';
import { measuredOfAll } from './consumer-measures.ts';
import { consumerSource, earlierSql } from './consumer-source.ts';
import { bindSearch, foundSql } from '../search.ts';
import { isStoredBefore } from '../stored-before.ts';
import type { StoredState } from '../stored-state.ts';

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
  const { inline, taken } = source.measure(order);
  const measured =
    taken === undefined
      ? { values: [], measures: [] }
      : await measuredOfAll(rows, taken, source.range.conditions());
  const isFound =
    search === undefined
      ? 'true'
      : `${foundSql('value', 'search', search)}${by === 'consumer' ? ` OR coalesce(bool_or(${foundSql('label', 'search', search)}), false)` : ''}`;
  const figures = await rows(
    bindSearch(source.range.conditions(), 'search', search)
      .number('limit', limit)
      .value('earlier_days', 'date[]', state.daysOf(earlierFilter(query)))
      .value('measured', 'text[]', measured.values)
      .value('measures', 'float8[]', measured.measures).query(`
        WITH figures AS MATERIALIZED (
          SELECT value, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors, min(first_seen) AS first_seen,
                 max(last_seen) AS last_seen ${inline === undefined ? '' : `, ${inline} AS ${order}`}
          FROM ${source.figures} AS f WHERE value IS NOT NULL GROUP BY value HAVING ${isFound}),
        earlier AS (SELECT DISTINCT value FROM ${earlierSql(query, state)} AS e WHERE value IS NOT NULL),
        known AS MATERIALIZED (
          SELECT figures.*, earlier.value IS NULL AS is_new
          FROM figures LEFT JOIN earlier ON earlier.value = figures.value)
        SELECT known.*, ${taken === undefined ? '' : `measured.${order}, `} (SELECT count(*) FROM known) AS total, (SELECT count(*) FROM known WHERE is_new) AS newcomers
        FROM known ${taken === undefined ? '' : `LEFT JOIN unnest($measured, $measures) AS measured(value, ${order}) USING (value)`}
        ORDER BY ${CONSUMER_ORDERS_SQL[order]} DESC, requests DESC, value COLLATE "C" LIMIT $limit`),
  );
  const details = await rows(
    source.range
      .conditions()
      .value(
        'listed',
        'text[]',
        figures.map((row) => text(row['value'])),
      )
      .query(`SELECT * FROM ${source.details('value = ANY ($listed)', order)} AS details`),
  );
  const withMeasures = details.map((row) => ({
    ...row,
    p95: source.measureFrom('p95', row['p95']),
    endpoints: source.measureFrom('endpoints', row['endpoints']),
  }));
  const isEarlierKept = await isStoredBefore(rows, earlierFilter(query).since);
  return toConsumerList({ estimated: source.estimated, isEarlierKept }, figures, withMeasures);
}
