import { BIGINT, LIST, listValue, VARCHAR } from '@duckdb/node-api';

import {
  SPARKLINE_PARTS,
  type EndpointList,
  type EndpointOrder,
  type EndpointsQuery,
} from '../../questions/analytics.ts';
import {
  textOfEndpoint,
  type EndpointOfApplication,
  type EndpointThreshold,
} from '../../questions/endpoint-threshold.ts';
import { apdexBuckets, thresholdColumns } from '../../figures/latency-figures.ts';
import { IS_ERROR, LISTED_METHOD, type Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { percentiles } from '../engine/values.ts';
import { maybe, number, text, type Row } from '../../rows/values.ts';
import type { FactSource } from './source.ts';
import { bindSearch, foundSql } from './search.ts';

const ORDERS: Readonly<Record<EndpointOrder, string>> = {
  requests: 'requests DESC,',
  errors: 'errors DESC, requests DESC,',
  error_rate: 'errors / requests DESC, requests DESC,',
  client_errors: 'client_errors DESC, requests DESC,',
  p50: 'latency[1] DESC NULLS LAST, requests DESC,',
  p95: 'latency[2] DESC NULLS LAST, requests DESC,',
  p99: 'latency[3] DESC NULLS LAST, requests DESC,',
  apdex: 'apdex NULLS LAST, requests DESC,',
  endpoint: '',
};

/** What makes a row of the list. */
const KEYS = { client_id: 'client_id', method: LISTED_METHOD, path: 'path' } as const;

/** How many latencies are up to the threshold and up to four times it, a half each, of all. */
function apdexSql(fine: string, bearable: string): string {
  return `(coalesce(sum(count) FILTER (WHERE bucket <= ${fine}), 0)
    + coalesce(sum(count) FILTER (WHERE bucket <= ${bearable}), 0)) / (2 * sum(count)) AS apdex`;
}

const APDEX = apdexSql('$fine', '$bearable');
const APDEX_OF_EACH = apdexSql('coalesce(own_fine, $fine)', 'coalesce(own_bearable, $bearable)');

/** Joins the thresholds that endpoints have as their own. */
const OWN_THRESHOLDS = `LEFT JOIN (
  SELECT unnest($own_client_ids::VARCHAR[]) AS client_id, unnest($own_methods::VARCHAR[]) AS method,
         unnest($own_paths::VARCHAR[]) AS path, unnest($own_fines::BIGINT[]) AS own_fine,
         unnest($own_bearables::BIGINT[]) AS own_bearable) AS own USING (client_id, method, path)`;

/** Answers an {@link EndpointsQuery}. */
export async function endpointListOf(
  rows: ReadRows,
  query: EndpointsQuery,
  source: FactSource,
): Promise<EndpointList> {
  const isFound = foundSql('path', 'search', query.search);
  const { fine, bearable } = apdexBuckets(query.thresholdMillis);
  const { ownThresholds = [] } = query;
  const latencies =
    ownThresholds.length === 0
      ? source.latencies(KEYS, [APDEX])
      : source.latencies(KEYS, [APDEX_OF_EACH], OWN_THRESHOLDS);
  const conditions = bindSearch(withThresholds(source.conditions(), ownThresholds), 'search', query.search)
    .number('limit', query.limit)
    .number('fine', fine)
    .number('bearable', bearable);
  const listed = await rows(
    conditions.query(
      `SELECT c.*, l.latency, l.apdex
       FROM (
         SELECT client_id, method, path, sum(requests)::BIGINT AS requests,
                coalesce(sum(requests) FILTER (WHERE ${IS_ERROR}), 0)::BIGINT AS errors,
                coalesce(sum(requests) FILTER (WHERE status_code BETWEEN 400 AND 499), 0)::BIGINT AS client_errors,
                count(*) FILTER (WHERE ${isFound}) OVER () AS total, (sum(sum(requests)) OVER ())::BIGINT AS all_requests
         FROM ${listedCounts(source)} GROUP BY client_id, method, path QUALIFY ${isFound}) AS c
       LEFT JOIN ${latencies} AS l USING (client_id, method, path)
       ORDER BY ${ORDERS[query.order]} path, method, client_id
       LIMIT $limit`,
    ),
  );
  const sparklines = await sparklinesOf(rows, query, source, listed);
  const endpoints = listed.map((row) => ({
    ...keyOf(row),
    requests: number(row['requests']),
    errors: number(row['errors']),
    clientErrors: number(row['client_errors']),
    share: number(row['requests']) / number(row['all_requests']),
    latency: percentiles(row['latency']),
    apdex: maybe(row['apdex']),
    sparkline: sparklines.get(textOfEndpoint(keyOf(row))) ?? [],
  }));
  return { estimated: source.estimated, endpoints, total: number(listed[0]?.['total']) };
}

/** Binds what {@link OWN_THRESHOLDS} names. */
function withThresholds(conditions: Conditions, thresholds: readonly EndpointThreshold[]): Conditions {
  const { clientIds, methods, endpoints, fine, bearable } = thresholdColumns(thresholds);
  return conditions
    .value('own_client_ids', LIST(VARCHAR), listValue(clientIds))
    .value('own_methods', LIST(VARCHAR), listValue(methods))
    .value('own_paths', LIST(VARCHAR), listValue(endpoints))
    .value('own_fines', LIST(BIGINT), listValue(fine.map(BigInt)))
    .value('own_bearables', LIST(BIGINT), listValue(bearable.map(BigInt)));
}

/** Of what is listed under one name, methods are told apart no more. */
function listedCounts({ counts }: FactSource): string {
  return `(SELECT * REPLACE (${LISTED_METHOD} AS method) FROM ${counts})`;
}

async function sparklinesOf(
  rows: ReadRows,
  { since, until }: EndpointsQuery,
  source: FactSource,
  listed: readonly Row[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const conditions = source
    .conditions()
    .number('origin', since)
    .number('span', until - since);
  for (const name of ['client_id', 'method', 'path'])
    conditions.value(`${name}s`, LIST(VARCHAR), listValue(listed.map((row) => text(row[name]))));
  const found = await rows(
    conditions.query(
      `SELECT client_id, method, path, (ms - $origin) * ${SPARKLINE_PARTS} // $span AS part,
              sum(requests)::BIGINT AS requests
       FROM ${listedCounts(source)}
       JOIN (
         SELECT unnest($client_ids::VARCHAR[]) AS client_id, unnest($methods::VARCHAR[]) AS method,
                unnest($paths::VARCHAR[]) AS path) USING (client_id, method, path)
       GROUP BY client_id, method, path, part`,
    ),
  );
  const sparklines = new Map(
    listed.map((row) => [textOfEndpoint(keyOf(row)), Array.from({ length: SPARKLINE_PARTS }, () => 0)]),
  );
  for (const row of found) {
    const parts = sparklines.get(textOfEndpoint(keyOf(row)));
    if (parts !== undefined) parts[number(row['part'])] = number(row['requests']);
  }
  return sparklines;
}

function keyOf(row: Row): EndpointOfApplication {
  return { clientId: text(row['client_id']), method: text(row['method']), endpoint: text(row['path']) };
}
