import {
  earlierFilter,
  type ConsumerKind,
  type ConsumerList,
  type ConsumerOrder,
  type ConsumersQuery,
} from '../../consumer-list.ts';
import { foldAscii } from '../../filter/event-filter.ts';
import { toConsumerList } from '../../rows/consumers.ts';
import { text } from '../../rows/values.ts';
import { ENDPOINT_NAME, IS_ERROR, storable } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { filtered, foldedSql } from './filter.ts';
import type { StoredState } from './stored-state.ts';

const COLUMNS: Readonly<Record<ConsumerKind, string>> = {
  consumer: 'consumer',
  group: 'consumer_group',
  client: 'source_ip',
};

/** The column as a text. */
const SHOWN: Readonly<Record<ConsumerKind, string>> = { ...COLUMNS, client: `encode(source_ip, 'hex')` };

const ORDERS: Readonly<Record<ConsumerOrder, string>> = {
  requests: 'requests',
  errors: 'errors',
  error_rate: 'errors::float8 / requests',
  p95: 'coalesce(p95, -1)',
  endpoints: 'endpoints',
  first_seen: 'first_seen',
  last_seen: 'last_seen',
};

/** Answers a {@link ConsumersQuery} from single events. */
export async function consumerListOf(
  rows: ReadRows,
  query: ConsumersQuery,
  { daysOf }: StoredState,
): Promise<ConsumerList> {
  const { by, order, search, limit } = query;
  const column = COLUMNS[by];
  const earlier = earlierFilter(query);
  const bound = filtered(query, daysOf(query))
    .and(`${column} IS NOT NULL`)
    .number('limit', limit)
    .number('earlier_since', earlier.since)
    .number('earlier_until', earlier.until)
    .value('earlier_days', 'date[]', daysOf(earlier))
    .value('search', 'text', storable(foldAscii(search ?? '')));
  const isFound =
    search === undefined
      ? 'true'
      : `${hasText(SHOWN[by])}${by === 'consumer' ? ` OR coalesce(bool_or(${hasText('consumer_label')}), false)` : ''}`;
  const figures = await rows(
    bound.query(`
      WITH figures AS (
        SELECT ${SHOWN[by]} AS value, count(*) AS requests, count(*) FILTER (WHERE ${IS_ERROR}) AS errors,
               percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95,
               count(DISTINCT (method, ${ENDPOINT_NAME})) AS endpoints,
               min(event_time) AS first_seen, max(event_time) AS last_seen
        FROM events ${bound.where} GROUP BY ${column} HAVING ${isFound}),
      earlier AS (
        SELECT DISTINCT ${SHOWN[by]} AS value FROM events
        WHERE event_time >= $earlier_since AND event_time < $earlier_until AND arrived = ANY ($earlier_days)
          ${earlier.clientId === undefined ? '' : 'AND client_id = $client_id'} AND ${column} IS NOT NULL)
      SELECT figures.*, earlier.value IS NULL AS is_new, count(*) OVER () AS total,
             count(*) FILTER (WHERE earlier.value IS NULL) OVER () AS newcomers
      FROM figures LEFT JOIN earlier ON earlier.value = figures.value
      ORDER BY ${ORDERS[order]} DESC, requests DESC, figures.value COLLATE "C" LIMIT $limit`),
  );
  if (by !== 'consumer') return toConsumerList(figures, []);
  const named = filtered(query, daysOf(query))
    .value(
      'listed',
      'text[]',
      figures.map((row) => text(row['value'])),
    )
    .and('consumer = ANY ($listed)');
  const names = await rows(
    named.query(`
      SELECT consumer AS value, ${latestSql('consumer_label')} AS label, ${latestSql('consumer_group')} AS consumer_group
      FROM events ${named.where} GROUP BY consumer`),
  );
  return toConsumerList(figures, names);
}

/** What a column said last: the greatest text that begins with a time and an id, without these. */
function latestSql(column: string): string {
  return `substr(max((lpad(event_time::text, 16, '0') || lpad(id::text, 16, '0') || ${column}) COLLATE "C"), 33)`;
}

/** Whether a text has what is searched for in it. */
function hasText(each: string): string {
  return `strpos(${foldedSql(each)}, $search) > 0`;
}
