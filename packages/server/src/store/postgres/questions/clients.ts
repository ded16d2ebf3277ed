import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import type { ClientFigures, ClientsQuery } from '../../analytics.ts';
import { keysOf } from '../../figures/client-keys.ts';
import { CLIENT_KEY } from '../aggregates/client-sketch.ts';
import { DAY_CLIENT_TOTALS, DAY_CLIENTS, HOUR_CLIENT_TOTALS } from '../aggregates/tables.ts';
import { IS_ERROR } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { number, text } from '../../rows/values.ts';
import { isOfEndpoint } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

const OF_ROW = `unnest(clients) AS client, unnest(client_requests) AS requests, unnest(client_errors) AS errors,
  unnest(last_seen) AS seen`;

/**
 * Answers a {@link ClientsQuery}. Not estimated, whatever the range: periods add up. Hours do not tell endpoints apart, days do.
 * Whole hashes are four times as long as keys, and only few of them are wanted: they come from the days in which the clients that
 * are listed were seen last. Sums are made in float8, which is exact for counts, for PostgreSQL adds bigint up as numeric.
 */
export async function topClientsOf(
  rows: ReadRows,
  query: ClientsQuery,
  state: StoredState,
): Promise<readonly ClientFigures[]> {
  const ofEndpoint = isOfEndpoint(query);
  const range = rollupRange(query, state, ofEndpoint ? [DAY_MILLIS] : [DAY_MILLIS, HOUR_MILLIS]);
  const addresses = `source_ip, ${CLIENT_KEY} AS client`;
  const periods = [
    range.aggregated(ofEndpoint ? DAY_CLIENTS : DAY_CLIENT_TOTALS, OF_ROW),
    ...(ofEndpoint ? [] : [range.aggregated(HOUR_CLIENT_TOTALS, OF_ROW)]),
    `(SELECT client, requests, errors, seen
      FROM ${range.events(`${addresses}, 1 AS requests, (${IS_ERROR})::int AS errors, event_time AS seen`)} AS e
      WHERE source_ip IS NOT NULL)`,
  ];
  const ofClient = query.clientId === undefined ? '' : 'AND client_id = $client_id';
  const { prefix } = query;
  const { first, last } = keysOf(prefix ?? '');
  const isMeant = prefix === undefined ? '' : 'WHERE client BETWEEN $first_key AND $last_key';
  // More digits than a key has.
  const isShown = prefix === undefined ? '' : `AND starts_with(encode(address, 'hex'), $prefix)`;
  const found = await rows(
    range
      .conditions()
      .number('limit', query.limit)
      // All have the same first bit, so as signed numbers they are a span, too.
      .value('first_key', 'bigint', BigInt.asIntN(64, first))
      .value('last_key', 'bigint', BigInt.asIntN(64, last))
      .value('prefix', 'text', prefix ?? '')
      .query(
        `WITH top AS MATERIALIZED (
           SELECT client, sum(requests::float8)::bigint AS requests, sum(errors::float8)::bigint AS errors, max(seen) AS last_seen
           FROM (${periods.join(' UNION ALL ')}) AS p ${isMeant} GROUP BY client ORDER BY requests DESC, ${UNSIGNED} LIMIT $limit),
         known AS (
           SELECT client, address FROM (
             SELECT unnest(clients) AS client, unnest(addresses) AS address FROM ${DAY_CLIENT_TOTALS.name}
             WHERE start = ANY (ARRAY(SELECT DISTINCT last_seen / ${DAY_MILLIS} * ${DAY_MILLIS} FROM top)) ${ofClient}) AS days
           UNION ALL
           SELECT client, source_ip FROM ${range.pending(addresses)} AS e WHERE source_ip IS NOT NULL)
         SELECT encode(address, 'hex') AS source_ip, requests, errors, last_seen
         FROM top JOIN (
           SELECT DISTINCT ON (client) client, address FROM known
           WHERE client IN (SELECT client FROM top) ${isShown}) AS a USING (client)
         ORDER BY requests DESC, ${UNSIGNED}`,
      ),
  );
  return found.map((row) => ({
    sourceIp: text(row['source_ip']),
    requests: number(row['requests']),
    errors: number(row['errors']),
    lastSeen: number(row['last_seen']),
  }));
}

/** Keys in the order of the hashes that they begin. */
const UNSIGNED = 'client < 0, client';
