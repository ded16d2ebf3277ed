import { MINUTE_MILLIS } from '../../../durations.ts';
import {
  hasCoarseSparkline,
  SPARKLINE_PARTS,
  type EndpointFigures,
  type EndpointList,
  type EndpointOrder,
  type EndpointsQuery,
} from '../../questions/analytics.ts';
import { apdexBuckets, thresholdColumns } from '../../figures/latency-figures.ts';
import type { EndpointThreshold } from '../../questions/endpoint-threshold.ts';
import type { Percentiles } from '../../questions/event-query.ts';
import { storable, type Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { percentiles } from '../engine/values.ts';
import { maybe, number, text, type Row } from '../../rows/values.ts';
import { countsOfRow } from './exact-latencies.ts';
import { exactByEndpoint, latenciesByEndpoint } from './latency-source.ts';
import { PERIODS, REQUESTS, requestsSql, SUMS, withEndpoint } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import { bindSearch, foundSql } from './search.ts';
import type { StoredState } from './stored-state.ts';

const NAMES = `path COLLATE "C", method COLLATE "C", client_id COLLATE "C"`;
const BY_REQUESTS = `requests DESC, ${NAMES}`;

/** Place of each percentile among those of a row. */
const PERCENTILES = { p50: 1, p95: 2, p99: 3 } as const;
const BY_LATENCY = `latency DESC NULLS LAST, ${BY_REQUESTS}`;

const ORDERS: Readonly<Record<EndpointOrder, string>> = {
  requests: BY_REQUESTS,
  errors: `errors DESC, ${BY_REQUESTS}`,
  error_rate: `errors::float8 / requests DESC, ${BY_REQUESTS}`,
  client_errors: `client_errors DESC, ${BY_REQUESTS}`,
  p50: BY_LATENCY,
  p95: BY_LATENCY,
  p99: BY_LATENCY,
  apdex: `apdex NULLS LAST, ${BY_REQUESTS}`,
  endpoint: NAMES,
};

/** How many latencies are up to the threshold and up to four times it, a half each, of all. */
function apdexSql(fine: string, bearable: string): string {
  return `(coalesce(sum(count) FILTER (WHERE bucket <= ${fine}), 0)
    + coalesce(sum(count) FILTER (WHERE bucket <= ${bearable}), 0))::float8 / (2 * sum(count))::float8 AS apdex`;
}

const APDEX = apdexSql('$fine', '$bearable');
const APDEX_OF_EACH = apdexSql('coalesce(own_fine, $fine)', 'coalesce(own_bearable, $bearable)');

/** Joins the thresholds that endpoints have as their own. */
const OWN_THRESHOLDS = `LEFT JOIN unnest($own_client_ids, $own_methods, $own_paths, $own_fines, $own_bearables)
  AS own(client_id, method, path, own_fine, own_bearable) USING (client_id, method, path)`;

/**
 * What is certainly not among the first by a percentile has an estimate so far below that of the last of these: both can be 2 % off.
 */
const FAR_BELOW = 0.95;

/** Answers an {@link EndpointsQuery}. */
export async function endpointListOf(
  rows: ReadRows,
  query: EndpointsQuery,
  state: StoredState,
): Promise<EndpointList> {
  const periods = state.isLarge ? PERIODS.day : PERIODS.hour;
  const range = rollupRange(query, state, periods);
  const percentile = percentileOf(query) ?? 'p95';
  const { fine, bearable } = apdexBuckets(query.thresholdMillis);
  const { ownThresholds = [] } = query;
  const beside =
    ownThresholds.length === 0 ? { also: [APDEX] } : { also: [APDEX_OF_EACH], joined: OWN_THRESHOLDS };
  const candidates = await rows(
    bindSearch(withThresholds(range.conditions(), ownThresholds), 'search', query.search)
      .number('limit', query.limit)
      .number('fine', fine)
      .number('bearable', bearable)
      .query(
        `SELECT * FROM (
           SELECT *, count(*) OVER () AS total, row_number() OVER (ORDER BY ${BY_REQUESTS}) AS by_requests,
                  row_number() OVER (ORDER BY ${ORDERS[query.order]}) AS place,
                  nth_value(latency, $limit::integer) OVER (
                    ORDER BY latency DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_latency
           FROM (
             SELECT c.*, l.apdex, l.quantiles, l.quantiles[${PERCENTILES[percentile]}] AS latency ${state.isLarge ? '' : ', l.buckets, l.counts'}
             FROM (
               SELECT client_id, method, path, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors,
                      sum(client_errors)::bigint AS client_errors,
                      (sum(sum(requests)) OVER ())::bigint AS all_requests
               FROM ${requestsSql(range, periods, withEndpoint(SUMS), true)} AS counts
               GROUP BY client_id, method, path) AS c
             LEFT JOIN ${latenciesByEndpoint(query, state, beside)} AS l USING (client_id, method, path)
             WHERE ${foundSql('path', 'search', query.search)}) AS found) AS placed
         WHERE place <= $limit ${isByExactLatency(query, state) ? `OR latency >= last_latency * ${FAR_BELOW}` : ''} ORDER BY place`,
      ),
  );
  const listed = state.isLarge
    ? candidates.map((row) => ({ row, latency: percentiles(row['quantiles']) }))
    : await exactlyListed(rows, query, state, candidates);
  const sparklines = await sparklinesOf(
    rows,
    query,
    state,
    listed.map(({ row }) => row),
  );
  const endpoints = listed.map(({ row, latency }, index) => ({
    ...keyOf(row),
    requests: number(row['requests']),
    errors: number(row['errors']),
    clientErrors: number(row['client_errors']),
    share: number(row['requests']) / number(row['all_requests']),
    latency,
    apdex: maybe(row['apdex']),
    sparkline: sparklines[index] ?? [],
  }));
  return { estimated: state.isLarge, endpoints, total: number(candidates[0]?.['total']) };
}

/** Binds what {@link OWN_THRESHOLDS} names. */
function withThresholds(conditions: Conditions, thresholds: readonly EndpointThreshold[]): Conditions {
  const { clientIds, methods, endpoints, fine, bearable } = thresholdColumns(thresholds);
  return conditions
    .value('own_client_ids', 'text[]', clientIds.map(storable))
    .value('own_methods', 'text[]', methods.map(storable))
    .value('own_paths', 'text[]', endpoints.map(storable))
    .value('own_fines', 'bigint[]', fine)
    .value('own_bearables', 'bigint[]', bearable);
}

function isByExactLatency(query: EndpointsQuery, state: StoredState): boolean {
  return percentileOf(query) !== undefined && !state.isLarge;
}

/** The percentile that endpoints are ordered by. */
function percentileOf({ order }: EndpointsQuery): keyof Percentiles | undefined {
  return order === 'p50' || order === 'p95' || order === 'p99' ? order : undefined;
}

interface Listed {
  readonly row: Row;
  readonly latency: Percentiles;
}

/** Endpoints with exact percentiles, and in their order where that is asked for. */
async function exactlyListed(
  rows: ReadRows,
  query: EndpointsQuery,
  state: StoredState,
  candidates: readonly Row[],
): Promise<readonly Listed[]> {
  const counted = candidates.map((row) => ({ ...keyOf(row), counts: countsOfRow(row) }));
  const latencies = await exactByEndpoint(rows, query, state, counted);
  const listed = candidates.map((row, index) => ({
    row,
    latency: latencies[index] ?? percentiles(undefined),
  }));
  const percentile = percentileOf(query);
  if (percentile === undefined) return listed;
  return listed
    .toSorted(
      (a, b) =>
        (b.latency[percentile] ?? -1) - (a.latency[percentile] ?? -1) ||
        number(a.row['by_requests']) - number(b.row['by_requests']),
    )
    .slice(0, query.limit);
}

async function sparklinesOf(
  rows: ReadRows,
  query: EndpointsQuery,
  state: StoredState,
  listed: readonly Row[],
): Promise<readonly (readonly number[])[]> {
  const { since, until } = query;
  const periods = state.isLarge ? PERIODS.hour : PERIODS.minute;
  const range = rollupRange(query, state, periods, partBegins(query, state));
  const found = await rows(
    range
      .conditions()
      .number('origin', since)
      .number('span', until - since)
      .value(
        'client_ids',
        'text[]',
        listed.map((row) => text(row['client_id'])),
      )
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
        `SELECT place, (ms - $origin) * ${SPARKLINE_PARTS} / $span AS part, sum(requests)::bigint AS requests
         FROM ${requestsSql(range, periods, withEndpoint(REQUESTS), true)} AS counts
         JOIN unnest($client_ids, $methods, $paths) WITH ORDINALITY AS listed(client_id, method, path, place)
         USING (client_id, method, path)
         GROUP BY 1, 2`,
      ),
  );
  const sparklines = listed.map(() => Array.from({ length: SPARKLINE_PARTS }, () => 0));
  for (const row of found) {
    const parts = sparklines[number(row['place']) - 1];
    if (parts !== undefined) parts[number(row['part'])] = number(row['requests']);
  }
  return sparklines;
}

/**
 * Where parts begin: in long ranges the minute, for nobody sees the difference, and in longer ones the hour. The minute after the begin, and
 * not before it: an hour that begins there would be counted where it begins, all of it in the part before.
 */
function partBegins(query: EndpointsQuery, state: StoredState): readonly number[] {
  const { since, until } = query;
  if (hasCoarseSparkline(query)) return [];
  const begins = Array.from(
    { length: SPARKLINE_PARTS - 1 },
    (_, index) => since + Math.ceil(((until - since) * (index + 1)) / SPARKLINE_PARTS),
  );
  return state.isLarge ? begins.map((begin) => Math.ceil(begin / MINUTE_MILLIS) * MINUTE_MILLIS) : begins;
}

function keyOf(row: Row): Pick<EndpointFigures, 'clientId' | 'method' | 'endpoint'> {
  return { clientId: text(row['client_id']), method: text(row['method']), endpoint: text(row['path']) };
}
