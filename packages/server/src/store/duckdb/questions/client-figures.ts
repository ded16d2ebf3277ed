import { LIST, listValue, UBIGINT } from '@duckdb/node-api';

import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import { earlierFilter, type ConsumerList, type ConsumersQuery } from '../../questions/consumer-list.ts';
import { CONSUMER_ORDERS_SQL, toConsumerList } from '../../rows/consumers.ts';
import { number, text, type Row } from '../../rows/values.ts';
import { countEndpointsSql, ENDPOINT_NAME } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { addressesSql, clientPeriods } from './client-source.ts';
import { filtered } from './filter.ts';
import { rollupRange, type RolledUp } from './rollup-range.ts';
import { isStoredBefore } from './stored-before.ts';

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
          SELECT figures.*, earlier.client IS NULL AS is_new FROM figures LEFT JOIN earlier ON earlier.client = figures.client)
        SELECT known.*, client::VARCHAR AS key, (SELECT count(*) FROM known) AS total,
               (SELECT count(*) FROM known WHERE is_new) AS newcomers
        FROM known ORDER BY ${CONSUMER_ORDERS_SQL[query.order]} DESC, requests DESC, client LIMIT $limit`),
  );
  const details = await rows(
    filtered(query)
      .value('listed', LIST(UBIGINT), listValue(top.map((row) => BigInt(text(row['key'])))))
      .query(detailsSql(query, rolledUp, new Set(top.map(lastDayOf)))),
  );
  const byKey = new Map(details.map((row) => [text(row['key']), row]));
  const figures = top.map((row) => {
    const { value, first_seen: firstSeen } = byKey.get(text(row['key'])) ?? {};
    return { ...row, value, first_seen: firstSeen };
  });
  const isEarlierKept = await isStoredBefore(rows, earlierFilter(query).since);
  return toConsumerList({ estimated: false, isEarlierKept }, figures, details);
}

/** The begin of the day on which a client was seen last, milliseconds. */
function lastDayOf(row: Row): number {
  return Math.floor(number(row['last_seen']) / DAY_MILLIS) * DAY_MILLIS;
}

/**
 * Of the clients of `$listed`: columns `key`, `value`, `first_seen`, `endpoints` and `p95`. Of events only numbers are read, which takes a
 * fraction of the time of texts; endpoints come from hours.
 *
 * @param seenOn - begins of the days in which their pseudonyms are found, milliseconds
 */
function detailsSql(query: ConsumersQuery, rolledUp: RolledUp, seenOn: ReadonlySet<number>): string {
  const isListed = 'client IN (SELECT unnest($listed))';
  const hours = rollupRange(query, rolledUp, [HOUR_MILLIS]);
  const events = rollupRange(query, rolledUp, []).events('client, event_time, latency_ms');
  return `
    SELECT client::VARCHAR AS key, value, first_seen, endpoints, p95
    FROM (
      SELECT client, epoch_ms(min(event_time)) AS first_seen, quantile_cont(latency_ms, 0.95) AS p95
      FROM ${events} WHERE ${isListed} GROUP BY client)
    JOIN (
      SELECT client, ${countEndpointsSql('path')} AS endpoints
      FROM (
        SELECT client, method, endpoint AS path FROM ${hours.aggregated('hour_clients', HOUR_MILLIS)}
        UNION ALL FROM ${hours.events(`client, method, ${ENDPOINT_NAME} AS path`)})
      WHERE ${isListed} GROUP BY client) USING (client)
    JOIN (
      SELECT client, lower(hex(any_value(address))) AS value
      FROM (${addressesSql(query, rolledUp, seenOn)}) WHERE ${isListed} GROUP BY client) USING (client)`;
}
