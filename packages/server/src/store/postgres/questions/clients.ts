import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import type { ClientFigures, ClientsQuery } from '../../questions/analytics.ts';
import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import { keysOf } from '../../figures/client-keys.ts';
import { CLIENT_KEY } from '../aggregates/client-sketch.ts';
import { DAY_CLIENT_TOTALS, DAY_CLIENTS, HOUR_CLIENT_TOTALS } from '../aggregates/tables.ts';
import { IS_ERROR } from '../engine/conditions.ts';
import { dayBegin } from '../engine/days.ts';
import type { ReadRows } from '../engine/reads.ts';
import { number, text, type Row } from '../../rows/values.ts';
import { IN_DAYS } from './filter.ts';
import { isOfEndpoint } from './requests.ts';
import { rollupRange, type RollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';
import { allSql, topClients, type ClientParts } from './top-clients.ts';

const COLUMNS = 'start, clients, client_requests, client_errors, last_seen, most_behind';

const ADDRESSES = `source_ip, ${CLIENT_KEY} AS client`;

/**
 * Answers a {@link ClientsQuery}. Not estimated, whatever the range: periods add up. Hours do not tell endpoints apart, days do.
 * Sums are made in float8, which is exact for counts, for PostgreSQL adds bigint up as numeric.
 */
export async function topClientsOf(
  rows: ReadRows,
  query: ClientsQuery,
  state: StoredState,
): Promise<readonly ClientFigures[]> {
  const range = clientRange(query, state);
  const { prefix } = query;
  const top =
    prefix === undefined
      ? await topClients(rows, clientParts(query, range))
      : await clientsThatBegin(rows, prefix, clientParts(query, range));
  const addresses = await addressesOf(rows, query, range, top);
  return top.flatMap((row) => {
    const sourceIp = addresses.get(text(row['key']));
    return sourceIp === undefined
      ? []
      : {
          sourceIp,
          requests: number(row['requests']),
          errors: number(row['errors']),
          lastSeen: number(row['last_seen']),
        };
  });
}

/** How a range is cut for {@link clientParts}. */
export function clientRange(filter: AnalyticsFilter, state: StoredState): RollupRange {
  return rollupRange(filter, state, isOfEndpoint(filter) ? [DAY_MILLIS] : [DAY_MILLIS, HOUR_MILLIS]);
}

/** What clients did. */
export function clientParts(
  query: AnalyticsFilter & { readonly limit: number },
  range: RollupRange,
): ClientParts {
  const tables = isOfEndpoint(query) ? [DAY_CLIENTS] : [DAY_CLIENT_TOTALS, HOUR_CLIENT_TOTALS];
  const ofEvent = `${ADDRESSES}, 1 AS requests, (${IS_ERROR})::int AS errors, event_time AS seen`;
  return {
    rows: `(${tables.map((table) => range.aggregated(table, COLUMNS)).join(' UNION ALL ')})`,
    events: `(SELECT client, requests, errors, seen FROM ${range.events(ofEvent)} AS e WHERE source_ip IS NOT NULL)`,
    conditions: range.conditions().number('limit', query.limit),
  };
}

async function clientsThatBegin(rows: ReadRows, prefix: string, parts: ClientParts): Promise<readonly Row[]> {
  const { first, last } = keysOf(prefix);
  // All have the same first bit, so as signed numbers they are a span, too.
  parts.conditions
    .value('first_key', 'bigint', BigInt.asIntN(64, first))
    .value('last_key', 'bigint', BigInt.asIntN(64, last));
  return rows(parts.conditions.query(allSql(parts, 'WHERE client BETWEEN $first_key AND $last_key')));
}

/**
 * Whole hashes, by keys: they are four times as long, and only few are wanted. They come from the days in which the clients that are listed
 * were seen last. None of who has more digits than a key in common with those that were asked for.
 */
export async function addressesOf(
  rows: ReadRows,
  query: Pick<ClientsQuery, 'clientId' | 'prefix'>,
  range: RollupRange,
  top: readonly Row[],
): Promise<ReadonlyMap<string, string>> {
  const ofClient = query.clientId === undefined ? '' : 'AND client_id = $client_id';
  const isShown = query.prefix === undefined ? '' : `AND starts_with(encode(address, 'hex'), $prefix)`;
  const days = top.map((row) => dayBegin(number(row['last_seen'])));
  const found = await rows(
    range
      .conditions()
      .value('prefix', 'text', query.prefix ?? '')
      .value('seen_on', 'bigint[]', [...new Set(days)])
      .value(
        'top',
        'bigint[]',
        top.map((row) => text(row['key'])),
      )
      .query(
        `SELECT DISTINCT ON (client) client::text AS key, encode(address, 'hex') AS source_ip
         FROM (
           SELECT client, address FROM (
             SELECT unnest(clients) AS client, unnest(addresses) AS address FROM ${DAY_CLIENT_TOTALS.name}
             WHERE start = ANY ($seen_on) AND ${IN_DAYS} ${ofClient}) AS days
           UNION ALL
           SELECT client, source_ip FROM ${range.pending(ADDRESSES)} AS e WHERE source_ip IS NOT NULL) AS known
         WHERE client = ANY ($top) ${isShown}`,
      ),
  );
  return new Map(found.map((row) => [text(row['key']), text(row['source_ip'])]));
}
