import { VARCHAR } from '@duckdb/node-api';

import { HOUR_MILLIS } from '../../../durations.ts';
import { foldAscii } from '../../filter/event-filter.ts';
import { number, text } from '../../rows/values.ts';
import {
  KEY_DIMENSIONS,
  ORIGIN_DIMENSIONS,
  type Dimension,
  type ValueCount,
  type ValuesQuery,
} from '../../questions/value-list.ts';
import { ENDPOINT_NAME } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { filtered, foldedSql } from './filter.ts';
import { rollupRange, type RolledUp } from './rollup-range.ts';

const OF_EVENT: Readonly<Record<Dimension, string>> = {
  client_id: 'client_id',
  method: 'method',
  endpoint: ENDPOINT_NAME,
  path: 'endpoint',
  status: 'status_code::VARCHAR',
  outcome: 'outcome',
  error_type: 'error_type',
  source_ip: 'source_ip',
  user_id: 'user_id',
  session_id: 'session_id',
  synthetic: 'user_agent_synthetic_type',
  release: 'service_version',
  environment: 'deployment_environment',
  consumer: 'consumer',
  consumer_group: 'consumer_group',
};

/** Answers a {@link ValuesQuery}. */
export async function valueListOf(
  rows: ReadRows,
  query: ValuesQuery,
  rolledUp: RolledUp,
): Promise<readonly ValueCount[]> {
  const { of, search, limit } = query;
  const isKey = KEY_DIMENSIONS.has(of);
  const ofRow = ORIGIN_DIMENSIONS.has(of) ? `nullif(${of}, '')` : of;
  const range = rollupRange(query, rolledUp, isKey ? [HOUR_MILLIS] : []);
  const parts = [
    ...(isKey
      ? [`SELECT ${ofRow} AS value, requests FROM ${range.aggregated('hour_requests', HOUR_MILLIS)}`]
      : []),
    `FROM ${range.events(`${OF_EVENT[of]} AS value, 1 AS requests`)}`,
  ];
  const isFound = search === undefined ? '' : `AND contains(${foldedSql('value')}, $search)`;
  const found = await rows(
    filtered(query)
      .number('limit', limit)
      .value('search', VARCHAR, foldAscii(search ?? ''))
      .query(
        `SELECT value, sum(requests)::BIGINT AS requests FROM (${parts.join(' UNION ALL ')})
         WHERE value IS NOT NULL ${isFound} GROUP BY value ORDER BY requests DESC, value LIMIT $limit`,
      ),
  );
  return found.map((row) => ({ value: text(row['value']), requests: number(row['requests']) }));
}
