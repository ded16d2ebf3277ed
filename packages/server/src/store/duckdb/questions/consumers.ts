import { LIST, listValue, VARCHAR } from '@duckdb/node-api';

import {
  earlierFilter,
  type ConsumerKind,
  type ConsumerList,
  type ConsumerOrder,
  type ConsumersQuery,
} from '../../questions/consumer-list.ts';
import { foldAscii } from '../../filter/event-filter.ts';
import { toConsumerList } from '../../rows/consumers.ts';
import { text } from '../../rows/values.ts';
import { ENDPOINT_NAME, instantSql, IS_ERROR } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { filtered, foldedSql } from './filter.ts';

const COLUMNS: Readonly<Record<ConsumerKind, string>> = {
  consumer: 'consumer',
  group: 'consumer_group',
  client: 'source_ip',
};

const ORDERS: Readonly<Record<ConsumerOrder, string>> = {
  requests: 'requests',
  errors: 'errors',
  error_rate: 'errors / requests',
  p95: 'coalesce(measure, -1)',
  endpoints: 'measure',
  first_seen: 'first_seen',
  last_seen: 'last_seen',
};

/** What takes long of many: only of those that are listed, unless it decides which these are. */
const MEASURES = {
  p95: 'quantile_cont(latency_ms, 0.95)',
  endpoints: `count(DISTINCT (method, ${ENDPOINT_NAME}))`,
} as const;

/** Answers a {@link ConsumersQuery} from single events. Totals are no windows, which DuckDB takes thirty times as long for. */
export async function consumerListOf(rows: ReadRows, query: ConsumersQuery): Promise<ConsumerList> {
  const { by, order, search, limit } = query;
  const column = COLUMNS[by];
  const earlier = earlierFilter(query);
  const bound = filtered(query)
    .and(`${column} IS NOT NULL`)
    .number('limit', limit)
    .number('earlier_since', earlier.since)
    .number('earlier_until', earlier.until)
    .value('search', VARCHAR, foldAscii(search ?? ''));
  const isFound =
    search === undefined
      ? 'true'
      : `${hasText(column)}${by === 'consumer' ? ` OR coalesce(bool_or(${hasText('consumer_label')}), false)` : ''}`;
  const measured = order === 'p95' || order === 'endpoints' ? `${MEASURES[order]} AS measure,` : '';
  const figures = await rows(
    bound.query(`
      WITH figures AS (
        SELECT ${column} AS value, count(*) AS requests, count(*) FILTER (WHERE ${IS_ERROR}) AS errors,
               ${measured} epoch_ms(min(event_time)) AS first_seen, epoch_ms(max(event_time)) AS last_seen
        FROM events ${bound.where} GROUP BY ${column} HAVING ${isFound}),
      earlier AS (
        SELECT DISTINCT ${column} AS value FROM events
        WHERE event_time >= ${instantSql('$earlier_since')} AND event_time < ${instantSql('$earlier_until')}
          ${earlier.clientId === undefined ? '' : 'AND client_id = $client_id'} AND ${column} IS NOT NULL),
      known AS MATERIALIZED (
        SELECT figures.*, earlier.value IS NULL AS is_new
        FROM figures LEFT JOIN earlier ON earlier.value = figures.value)
      SELECT *, (SELECT count(*) FROM known) AS total, (SELECT count(*) FROM known WHERE is_new) AS newcomers
      FROM known
      ORDER BY ${ORDERS[order]} DESC, requests DESC, value LIMIT $limit`),
  );
  const listed = filtered(query)
    .value('listed', LIST(VARCHAR), listValue(figures.map((row) => text(row['value']))))
    .and(`${column} IN (SELECT unnest($listed))`);
  const names =
    by === 'consumer'
      ? `${latestSql('consumer_label')} AS label, ${latestSql('consumer_group')} AS consumer_group`
      : 'NULL AS label, NULL AS consumer_group';
  const details = await rows(
    listed.query(`
      SELECT ${column} AS value, ${MEASURES.p95} AS p95, ${MEASURES.endpoints} AS endpoints, ${names}
      FROM events ${listed.where} GROUP BY ${column}`),
  );
  return toConsumerList(figures, details);
}

/** What a column said last: the greatest text that begins with a time and an id, without these. */
function latestSql(column: string): string {
  return `substr(max(lpad(epoch_ms(event_time)::VARCHAR, 16, '0') || lpad(id::VARCHAR, 16, '0') || ${column}), 33)`;
}

/** Whether a text has what is searched for in it. */
function hasText(each: string): string {
  return `contains(${foldedSql(each)}, $search)`;
}
