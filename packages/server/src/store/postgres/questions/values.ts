import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import { foldAscii } from '../../filter/event-filter.ts';
import { number, text } from '../../rows/values.ts';
import {
  KEY_DIMENSIONS,
  ORIGIN_DIMENSIONS,
  type Dimension,
  type ValueCount,
  type ValuesQuery,
} from '../../questions/value-list.ts';
import { DAYS, HOURS } from '../aggregates/tables.ts';
import { ENDPOINT_NAME, storable } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { foldedSql } from './filter.ts';
import { rollupRange } from './rollup-range.ts';
import type { StoredState } from './stored-state.ts';

const OF_EVENT: Readonly<Record<Dimension, string>> = {
  client_id: 'client_id',
  method: 'method',
  endpoint: ENDPOINT_NAME,
  path: 'endpoint',
  status: 'status_code::text',
  outcome: 'outcome',
  error_type: 'error_type',
  source_ip: `encode(source_ip, 'hex')`,
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
  state: StoredState,
): Promise<readonly ValueCount[]> {
  const { of, search, limit } = query;
  const isKey = KEY_DIMENSIONS.has(of);
  const ofRow = ORIGIN_DIMENSIONS.has(of) ? `nullif(${of}, '')` : of;
  const range = rollupRange(query, state, isKey ? [DAY_MILLIS, HOUR_MILLIS] : []);
  const parts = [
    ...(isKey ? [DAYS, HOURS].map((table) => range.aggregated(table, `${ofRow} AS value, requests`)) : []),
    range.events(`${OF_EVENT[of]} AS value, 1 AS requests`),
  ];
  const isFound = search === undefined ? '' : `AND strpos(${foldedSql('value')}, $search) > 0`;
  const found = await rows(
    range
      .conditions()
      .number('limit', limit)
      .value('search', 'text', storable(foldAscii(search ?? '')))
      .query(
        `SELECT value, sum(requests::float8)::bigint AS requests FROM (${parts.join(' UNION ALL ')}) AS p
         WHERE value IS NOT NULL ${isFound} GROUP BY value ORDER BY requests DESC, value COLLATE "C" LIMIT $limit`,
      ),
  );
  return found.map((row) => ({ value: text(row['value']), requests: number(row['requests']) }));
}
