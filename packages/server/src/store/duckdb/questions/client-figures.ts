import { LIST, listValue, VARCHAR } from '@duckdb/node-api';

import { earlierFilter, type ConsumerList, type ConsumersQuery } from '../../questions/consumer-list.ts';
import { toConsumerList } from '../../rows/consumers.ts';
import { number, text } from '../../rows/values.ts';
import { ENDPOINT_NAME } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { addressesSql, clientPeriods } from './client-source.ts';
import { filtered } from './filter.ts';
import { CONSUMER_ORDERS_SQL } from './consumers.ts';
import { rollupRange, type RolledUp } from './rollup-range.ts';

/**
 * Answers a {@link ConsumersQuery} about clients: which are listed, and how many there are, from aggregates, in which they are told apart by
 * their keys; what these do not know of those that are listed, from events.
 */
export async function clientFiguresOf(
  rows: ReadRows,
  query: ConsumersQuery,
  rolledUp: RolledUp,
): Promise<ConsumerList> {
  const top = await rows(
    filtered(query).number('limit', query.limit).query(`
        WITH figures AS (
          SELECT client, sum(requests)::BIGINT AS requests, sum(errors)::BIGINT AS errors, epoch_ms(max(last_seen)) AS last_seen
          FROM ${clientPeriods(query, rolledUp)} GROUP BY client),
        earlier AS (SELECT DISTINCT client FROM ${clientPeriods(earlierFilter(query), rolledUp)}),
        known AS MATERIALIZED (
          SELECT figures.*, earlier.client IS NULL AS is_new FROM figures LEFT JOIN earlier ON earlier.client = figures.client),
        listed AS MATERIALIZED (
          FROM known ORDER BY ${CONSUMER_ORDERS_SQL[query.order]} DESC, requests DESC, client LIMIT $limit)
        SELECT listed.*, value, (SELECT count(*) FROM known) AS total, (SELECT count(*) FROM known WHERE is_new) AS newcomers
        FROM listed JOIN (
          SELECT client, lower(hex(any_value(address))) AS value FROM (${addressesSql(query, rolledUp)})
          WHERE client IN (SELECT client FROM listed) GROUP BY client) AS named USING (client)
        ORDER BY ${CONSUMER_ORDERS_SQL[query.order]} DESC, requests DESC, client`),
  );
  const events = rollupRange(query, rolledUp, []).events(
    `source_ip, event_time, latency_ms, method, ${ENDPOINT_NAME} AS path`,
  );
  const details = await rows(
    filtered(query).value('listed', LIST(VARCHAR), listValue(top.map((row) => text(row['value'])))).query(`
        SELECT source_ip AS value, epoch_ms(min(event_time)) AS first_seen, count(DISTINCT (method, path)) AS endpoints,
               quantile_cont(latency_ms, 0.95) AS p95
        FROM ${events} WHERE source_ip IN (SELECT unnest($listed)) GROUP BY source_ip`),
  );
  const firstSeen = new Map(details.map((row) => [text(row['value']), number(row['first_seen'])]));
  const figures = top.map((row) => ({ ...row, first_seen: firstSeen.get(text(row['value'])) }));
  return toConsumerList(false, figures, details);
}
