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

/** What is listed, as the column has it. */
const LISTED: Readonly<Record<ConsumerKind, string>> = {
  consumer: '$listed',
  group: '$listed',
  client: `ARRAY(SELECT decode(value, 'hex') FROM unnest($listed) AS value)`,
};

const ORDERS: Readonly<Record<ConsumerOrder, string>> = {
  requests: 'requests',
  errors: 'errors',
  error_rate: 'errors::float8 / requests',
  p95: 'coalesce(measure, -1)',
  endpoints: 'measure',
  first_seen: 'first_seen',
  last_seen: 'last_seen',
};

/** What takes long of many: only of those that are listed, unless it decides which these are. */
const MEASURES = {
  p95: 'percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms)',
  endpoints: `count(DISTINCT (method, ${ENDPOINT_NAME}))`,
} as const;

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
  const measured = order === 'p95' || order === 'endpoints' ? `${MEASURES[order]} AS measure,` : '';
  const figures = await rows(
    bound.query(`
      WITH figures AS (
        SELECT ${SHOWN[by]} AS value, count(*) AS requests, count(*) FILTER (WHERE ${IS_ERROR}) AS errors,
               ${measured} min(event_time) AS first_seen, max(event_time) AS last_seen
        FROM events ${bound.where} GROUP BY ${column} HAVING ${isFound}),
      earlier AS (
        SELECT DISTINCT ${SHOWN[by]} AS value FROM events
        WHERE event_time >= $earlier_since AND event_time < $earlier_until AND arrived = ANY ($earlier_days)
          ${earlier.clientId === undefined ? '' : 'AND client_id = $client_id'} AND ${column} IS NOT NULL),
      known AS MATERIALIZED (
        SELECT figures.*, earlier.value IS NULL AS is_new
        FROM figures LEFT JOIN earlier ON earlier.value = figures.value)
      SELECT *, (SELECT count(*) FROM known) AS total, (SELECT count(*) FROM known WHERE is_new) AS newcomers
      FROM known
      ORDER BY ${ORDERS[order]} DESC, requests DESC, value COLLATE "C" LIMIT $limit`),
  );
  const listed = filtered(query, daysOf(query))
    .value(
      'listed',
      'text[]',
      figures.map((row) => text(row['value'])),
    )
    .and(`${column} = ANY (${LISTED[by]})`);
  const names =
    by === 'consumer'
      ? `${latestSql('consumer_label')} AS label, ${latestSql('consumer_group')} AS consumer_group`
      : 'NULL AS label, NULL AS consumer_group';
  const details = await rows(
    listed.query(`
      SELECT ${SHOWN[by]} AS value, ${MEASURES.p95} AS p95, ${MEASURES.endpoints} AS endpoints, ${names}
      FROM events ${listed.where} GROUP BY ${column}`),
  );
  return toConsumerList(figures, details);
}

/** What a column said last: the greatest text that begins with a time and an id, without these. */
function latestSql(column: string): string {
  return `substr(max((lpad(event_time::text, 16, '0') || lpad(id::text, 16, '0') || ${column}) COLLATE "C"), 33)`;
}

/** Whether a text has what is searched for in it. */
function hasText(each: string): string {
  return `strpos(${foldedSql(each)}, $search) > 0`;
}
