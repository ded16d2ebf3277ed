import { LIST, listValue, VARCHAR } from '@duckdb/node-api';

import {
  SPARKLINE_PARTS,
  type EndpointKey,
  type EndpointList,
  type EndpointOrder,
  type EndpointsQuery,
} from '../../analytics.ts';
import { IS_ERROR } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { percentiles } from '../engine/values.ts';
import { number, text, type Row } from '../../rows/values.ts';
import type { FactSource } from './source.ts';

const ORDERS: Readonly<Record<EndpointOrder, string>> = {
  requests: 'requests DESC',
  errors: 'errors DESC, requests DESC',
  p95: 'latency[2] DESC NULLS LAST, requests DESC',
};

/** Answers an {@link EndpointsQuery}. */
export async function endpointListOf(
  rows: ReadRows,
  query: EndpointsQuery,
  source: FactSource,
): Promise<EndpointList> {
  const search = query.search === undefined ? 'true' : 'contains(lower(path), lower($search))';
  const conditions = source.conditions().number('limit', query.limit);
  if (query.search !== undefined) conditions.value('search', VARCHAR, query.search);
  const listed = await rows(
    conditions.query(
      `SELECT c.*, l.latency
       FROM (
         SELECT method, path, sum(requests)::BIGINT AS requests,
                coalesce(sum(requests) FILTER (WHERE ${IS_ERROR}), 0)::BIGINT AS errors,
                count(*) FILTER (WHERE ${search}) OVER () AS total, (sum(sum(requests)) OVER ())::BIGINT AS all_requests
         FROM ${source.counts} GROUP BY method, path QUALIFY ${search}) AS c
       LEFT JOIN ${source.latencies({ method: 'method', path: 'path' })} AS l USING (method, path)
       ORDER BY ${ORDERS[query.order]}, path, method
       LIMIT $limit`,
    ),
  );
  const sparklines = await sparklinesOf(rows, query, source, listed);
  const endpoints = listed.map((row) => ({
    ...keyOf(row),
    requests: number(row['requests']),
    errors: number(row['errors']),
    share: number(row['requests']) / number(row['all_requests']),
    latency: percentiles(row['latency']),
    sparkline: sparklines.get(textOf(keyOf(row))) ?? [],
  }));
  return { estimated: source.estimated, endpoints, total: number(listed[0]?.['total']) };
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
    .number('span', until - since)
    .value('methods', LIST(VARCHAR), listValue(listed.map((row) => text(row['method']))))
    .value('paths', LIST(VARCHAR), listValue(listed.map((row) => text(row['path']))));
  const found = await rows(
    conditions.query(
      `SELECT method, path, (ms - $origin) * ${SPARKLINE_PARTS} // $span AS part, sum(requests)::BIGINT AS requests
       FROM ${source.counts}
       JOIN (SELECT unnest($methods::VARCHAR[]) AS method, unnest($paths::VARCHAR[]) AS path) USING (method, path)
       GROUP BY method, path, part`,
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

function keyOf(row: Row): EndpointKey {
  return { method: text(row['method']), endpoint: text(row['path']) };
}

function textOf({ method, endpoint }: EndpointKey): string {
  return JSON.stringify([method, endpoint]);
}
