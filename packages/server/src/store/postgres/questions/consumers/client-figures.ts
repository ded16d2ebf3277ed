import { earlierFilter, type ConsumerList, type ConsumersQuery } from '../../../questions/consumer-list.ts';
import { CONSUMER_ORDERS_SQL, toConsumerList } from '../../../rows/consumers.ts';
import { number, text } from '../../../rows/values.ts';
import { CLIENT_KEY } from '../../aggregates/client-sketch.ts';
import { DAY_CLIENT_TOTALS, HOUR_CLIENT_TOTALS } from '../../aggregates/tables.ts';
import type { ReadRows } from '../../engine/reads.ts';
import { addressesOf, clientParts, clientRange } from '../clients.ts';
import { clientDetails } from './client-details.ts';
import { inEarlierDays } from './consumer-source.ts';
import { rollupRange } from '../rollup-range.ts';
import { isStoredBefore } from '../stored-before.ts';
import type { StoredState } from '../stored-state.ts';

/**
 * Answers a {@link ConsumersQuery} about clients: which are listed, and how many there are, from aggregates, in which they are told apart by
 * their keys; what these do not know of those that are listed, from events.
 *
 * @param mostFound - most requests of the clients that are listed that are read in any case
 */
export async function clientFiguresOf(
  rows: ReadRows,
  query: ConsumersQuery,
  state: StoredState,
  mostFound: number,
): Promise<ConsumerList> {
  const range = clientRange(query, state);
  const { rows: ofRows, events, conditions } = clientParts(query, range);
  const earlier = earlierFilter(query);
  const before = rollupRange(earlier, state, [
    DAY_CLIENT_TOTALS.periodMillis,
    HOUR_CLIENT_TOTALS.periodMillis,
  ]);
  const earlierKeys = [
    ...[DAY_CLIENT_TOTALS, HOUR_CLIENT_TOTALS].map((table) =>
      before.aggregated(table, 'unnest(clients) AS client'),
    ),
    `SELECT client FROM ${before.events(`source_ip, ${CLIENT_KEY} AS client`)} AS e WHERE source_ip IS NOT NULL`,
  ].join(' UNION ALL ');
  const top = await rows(
    conditions.value('earlier_days', 'date[]', state.daysOf(earlier)).query(`
      WITH figures AS MATERIALIZED (
        SELECT client, sum(requests::float8) AS requests, sum(errors::float8) AS errors, max(seen) AS last_seen,
               min(first) AS first_seen
        FROM (
          SELECT unnest(clients) AS client, unnest(client_requests) AS requests, unnest(client_errors) AS errors, unnest(last_seen) AS seen,
                 start AS first
          FROM ${ofRows} AS r UNION ALL SELECT client, requests, errors, seen, seen FROM ${events} AS e) AS p
        GROUP BY client),
      known AS MATERIALIZED (
        SELECT figures.*, earlier.client IS NULL AS is_new
        FROM figures LEFT JOIN (SELECT DISTINCT client FROM (${inEarlierDays(earlierKeys)}) AS each) AS earlier USING (client))
      SELECT client::text AS key, requests::bigint AS requests, errors::bigint AS errors, last_seen, first_seen, is_new,
             (SELECT count(*) FROM known) AS total, (SELECT count(*) FROM known WHERE is_new) AS newcomers
      FROM known ORDER BY ${CONSUMER_ORDERS_SQL[query.order]} DESC, known.requests DESC, client < 0, client LIMIT $limit`),
  );
  const addresses = await addressesOf(rows, query, range, top);
  const listed = top.map((row) => ({
    key: text(row['key']),
    value: addresses.get(text(row['key'])) ?? '',
    requests: number(row['requests']),
    first: number(row['first_seen']),
  }));
  const { estimated, details } = await clientDetails(rows, query, state, listed, mostFound);
  const firstSeen = new Map(details.map((row) => [text(row['value']), number(row['first_seen'])]));
  const figures = top.map((row) => {
    const value = addresses.get(text(row['key'])) ?? '';
    return { ...row, value, first_seen: firstSeen.get(value) };
  });
  const isEarlierKept = await isStoredBefore(rows, earlier.since);
  return toConsumerList({ estimated, isEarlierKept }, figures, details);
}
