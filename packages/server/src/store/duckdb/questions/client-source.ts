import { UBIGINT, VARCHAR } from '@duckdb/node-api';

import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import type { ClientFigures, ClientsQuery } from '../../questions/analytics.ts';
import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import { isOfAllEndpoints, isToldByKeys } from '../../filter/event-filter.ts';
import { SKETCH_RANK, SKETCH_REGISTER, sketchedClientsSql } from '../aggregates/client-sketch.ts';
import { keysOf } from '../../figures/client-keys.ts';
import { instantSql, IS_ERROR } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { number, text } from '../../rows/values.ts';
import { filtered } from './filter.ts';
import { rollupRange, type RolledUp, type RollupRange } from './rollup-range.ts';

const HAS_CLIENT = 'WHERE client IS NOT NULL';

/** One row with the column `clients`: how many there are, exactly. Costs as much as there are requests. */
export function distinctClients(filter: AnalyticsFilter, rolledUp: RolledUp): string {
  const { aggregated, events } = rollupRange(filter, rolledUp, [HOUR_MILLIS]);
  return `(
    SELECT count(DISTINCT client) AS clients
    FROM (
      SELECT client FROM ${aggregated('hour_clients', HOUR_MILLIS)}
      UNION ALL FROM ${events('client')}))`;
}

/** One row with the column `clients`: an estimate of how many there are, from sketches of whole days. */
export function sketchedClients(filter: AnalyticsFilter, rolledUp: RolledUp): string {
  const { aggregated, events } = rollupRange(filter, rolledUp, [DAY_MILLIS, HOUR_MILLIS]);
  return sketchedClientsSql(`(
    SELECT register, rank FROM ${aggregated('day_sketches', DAY_MILLIS)}
    UNION ALL SELECT ${SKETCH_REGISTER}, ${SKETCH_RANK} FROM ${aggregated('hour_clients', HOUR_MILLIS)}
    UNION ALL SELECT ${SKETCH_REGISTER}, ${SKETCH_RANK} FROM ${events('client')} ${HAS_CLIENT})`);
}

/**
 * Columns `client` and `address`, any number of rows for a client of a range: those of all days that it touches, or where only events tell, of these.
 *
 * @param days - begins of days, milliseconds: of these only
 */
export function addressesSql(
  filter: AnalyticsFilter,
  rolledUp: RolledUp,
  days?: ReadonlySet<number>,
): string {
  const first = Math.floor(filter.since / DAY_MILLIS) * DAY_MILLIS;
  const within =
    days === undefined
      ? `start >= ${instantSql(first)} AND start < ${instantSql(filter.until)}`
      : `start IN (${[...days].map(instantSql).join(', ')})`;
  const aggregated = isToldByKeys(filter)
    ? `SELECT client, source_ip AS address FROM day_clients WHERE ${days?.size === 0 ? 'false' : within} UNION ALL`
    : '';
  const { events } = clientRange(filter, rolledUp);
  return `${aggregated} FROM ${events('client, unhex(source_ip) AS address')}`;
}

/** Days do not tell endpoints apart, hours do. */
function clientRange(filter: AnalyticsFilter, rolledUp: RolledUp): RollupRange {
  return rollupRange(filter, rolledUp, isOfAllEndpoints(filter) ? [DAY_MILLIS, HOUR_MILLIS] : [HOUR_MILLIS]);
}

/** Columns `client`, `requests`, `errors` and `last_seen`, which add up. */
export function clientPeriods(filter: AnalyticsFilter, rolledUp: RolledUp): string {
  const { aggregated, events } = clientRange(filter, rolledUp);
  const figures = 'client, requests, errors, last_seen';
  const periods = [
    `SELECT ${figures} FROM ${aggregated('hour_clients', HOUR_MILLIS)}`,
    ...(isOfAllEndpoints(filter) ? [`SELECT ${figures} FROM ${aggregated('day_clients', DAY_MILLIS)}`] : []),
    `FROM ${events(`client, 1, (${IS_ERROR})::INTEGER, event_time`)} ${HAS_CLIENT}`,
  ];
  return `(${periods.join(' UNION ALL ')})`;
}

/**
 * Answers a {@link ClientsQuery}. Not estimated, whatever the range: periods add up.
 */
export async function topClientsOf(
  rows: ReadRows,
  query: ClientsQuery,
  rolledUp: RolledUp,
): Promise<readonly ClientFigures[]> {
  const { prefix } = query;
  const { first, last } = keysOf(prefix ?? '');
  const isMeant = prefix === undefined ? '' : 'WHERE client BETWEEN $first_key AND $last_key';
  // More digits than a key has.
  const isShown = prefix === undefined ? '' : 'WHERE starts_with(lower(hex(address)), $prefix)';
  // Whole hashes are eight times as long as keys, and only few of them are wanted.
  const found = await rows(
    filtered(query)
      .number('limit', query.limit)
      .value('first_key', UBIGINT, first)
      .value('last_key', UBIGINT, last)
      .value('prefix', VARCHAR, prefix ?? '')
      .query(
        `WITH top AS MATERIALIZED (
           SELECT client, sum(requests)::BIGINT AS requests, sum(errors)::BIGINT AS errors,
                  epoch_ms(max(last_seen)) AS last_seen
           FROM ${clientPeriods(query, rolledUp)} ${isMeant} GROUP BY client ORDER BY requests DESC, client LIMIT $limit)
         SELECT lower(hex(any_value(address))) AS source_ip, any_value(top.requests) AS requests,
                any_value(top.errors) AS errors, any_value(top.last_seen) AS last_seen
         FROM top JOIN (
           ${addressesSql(query, rolledUp)}) USING (client) ${isShown}
         GROUP BY client ORDER BY requests DESC, client`,
      ),
  );
  return found.map((row) => ({
    sourceIp: text(row['source_ip']),
    requests: number(row['requests']),
    errors: number(row['errors']),
    lastSeen: number(row['last_seen']),
  }));
}
