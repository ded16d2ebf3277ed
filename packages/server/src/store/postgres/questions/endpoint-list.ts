import { DAY_MILLIS, MINUTE_MILLIS } from '../../../durations.ts';
import {
  SPARKLINE_PARTS,
  type EndpointKey,
  type EndpointList,
  type EndpointOrder,
  type EndpointsQuery,
} from '../../analytics.ts';
import { storable } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { percentiles } from '../engine/values.ts';
import { number, text, type Row } from '../../rows/values.ts';
import { latenciesByEndpoint } from './latency-source.ts';
import { PERIODS, requestsSql, SUMS, textOf, withEndpoint } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import { caseless } from './search.ts';
import { isLong, type StoredState } from './stored-state.ts';

const ORDERS: Readonly<Record<EndpointOrder, string>> = {
  requests: 'requests DESC',
  errors: 'errors DESC, requests DESC',
  p95: 'quantiles[2] DESC NULLS LAST, requests DESC',
};

/** Answers an {@link EndpointsQuery}. */
export async function endpointListOf(
  rows: ReadRows,
  query: EndpointsQuery,
  state: StoredState,
): Promise<EndpointList> {
  const periods = isLong(query) ? PERIODS.day : PERIODS.minute;
  const range = rollupRange(query, state, periods);
  const isFound = query.search === undefined ? 'true' : (await caseless(rows))('path', '$search');
  const listed = await rows(
    range
      .conditions()
      .number('limit', query.limit)
      .value('search', 'text', storable(query.search ?? ''))
      .query(
        `SELECT c.*, l.quantiles, count(*) OVER () AS total
         FROM (
           SELECT method, path, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors,
                  (sum(sum(requests)) OVER ())::bigint AS all_requests
           FROM ${requestsSql(range, periods, withEndpoint(SUMS), true)} AS counts GROUP BY method, path) AS c
         LEFT JOIN ${latenciesByEndpoint(query, state)} AS l USING (method, path)
         WHERE ${isFound}
         ORDER BY ${ORDERS[query.order]}, path COLLATE "C", method COLLATE "C"
         LIMIT $limit`,
      ),
  );
  const sparklines = await sparklinesOf(rows, query, state, listed);
  const endpoints = listed.map((row) => ({
    ...keyOf(row),
    requests: number(row['requests']),
    errors: number(row['errors']),
    share: number(row['requests']) / number(row['all_requests']),
    latency: percentiles(row['quantiles']),
    sparkline: sparklines.get(textOf(keyOf(row))) ?? [],
  }));
  return { estimated: isLong(query), endpoints, total: number(listed[0]?.['total']) };
}

async function sparklinesOf(
  rows: ReadRows,
  query: EndpointsQuery,
  state: StoredState,
  listed: readonly Row[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { since, until } = query;
  const periods = isLong(query) ? PERIODS.hour : PERIODS.minute;
  const range = rollupRange(query, state, periods, partBegins(query));
  const found = await rows(
    range
      .conditions()
      .number('origin', since)
      .number('span', until - since)
      .value(
        'methods',
        'text[]',
        listed.map((row) => text(row['method'])),
      )
      .value(
        'paths',
        'text[]',
        listed.map((row) => text(row['path'])),
      )
      .query(
        `SELECT method, path, (ms - $origin) * ${SPARKLINE_PARTS} / $span AS part, sum(requests)::bigint AS requests
         FROM ${requestsSql(range, periods, withEndpoint(SUMS), true)} AS counts
         JOIN unnest($methods, $paths) AS listed(method, path) USING (method, path)
         GROUP BY 1, 2, 3`,
      ),
  );
  const sparklines = new Map(
    listed.map((row) => [textOf(keyOf(row)), Array.from({ length: SPARKLINE_PARTS }, () => 0)]),
  );
  for (const row of found) {
    const parts = sparklines.get(textOf(keyOf(row)));
    if (parts !== undefined) parts[number(row['part'])] = number(row['requests']);
  }
  return sparklines;
}

/** Where parts begin: in long ranges the minute, for nobody sees the difference, and in longer ones the hour. */
function partBegins(query: EndpointsQuery): readonly number[] {
  const { since, until } = query;
  if (until - since > 7 * DAY_MILLIS) return [];
  const begins = Array.from(
    { length: SPARKLINE_PARTS - 1 },
    (_, index) => since + Math.ceil(((until - since) * (index + 1)) / SPARKLINE_PARTS),
  );
  return isLong(query) ? begins.map((begin) => Math.floor(begin / MINUTE_MILLIS) * MINUTE_MILLIS) : begins;
}

function keyOf(row: Row): EndpointKey {
  return { method: text(row['method']), endpoint: text(row['path']) };
}
