import { isToldByEndpoints } from '../../filter/event-filter.ts';
import { valueListOf } from '../../questions/latest-values.ts';
import { number, text } from '../../rows/values.ts';
import type { Dimension, ValueCount, ValueList, ValuesQuery } from '../../questions/value-list.ts';
import { outcomeOfKindSql, statusOfKindSql } from '../aggregates/request-kind.ts';
import { DAYS, HOUR_ERRORS, HOURS, type AggregateTable } from '../aggregates/tables.ts';
import { ENDPOINT_NAME } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { consumerTables } from './consumers/consumer-source.ts';
import { hourCounts } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import { bindSearch, foundSql } from './search.ts';
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

/** Tables of aggregates that tell how many requests have which value. */
interface Counted {
  readonly tables: readonly AggregateTable[];
  /** SQL for what is read of a row, with the column `requests`. */
  readonly columns: string;
  /** SQL for the value, of these columns. */
  readonly value: string;
}

const KINDS = 'unnest(kinds) AS kind, unnest(counts) AS requests';

/** Of requests, which all have. */
const OF_REQUESTS: Readonly<Partial<Record<Dimension, Omit<Counted, 'tables'>>>> = {
  client_id: { columns: 'client_id, requests', value: 'client_id' },
  method: { columns: 'method, requests', value: 'method' },
  endpoint: { columns: 'endpoint, requests', value: 'endpoint' },
  release: { columns: 'release, requests', value: `nullif(release, '')` },
  environment: { columns: 'environment, requests', value: `nullif(environment, '')` },
  synthetic: { columns: 'synthetic, requests', value: `nullif(synthetic, '')` },
  status: { columns: KINDS, value: `${statusOfKindSql('kind')}::text` },
  outcome: { columns: KINDS, value: outcomeOfKindSql('kind') },
};

/** The same of what not all requests have, from the later tables. */
function countedLater(query: ValuesQuery): Counted | undefined {
  if (query.of === 'error_type')
    return {
      tables: [HOUR_ERRORS],
      columns: 'unnest(error_types) AS value, unnest(counts) AS requests',
      value: 'value',
    };
  if (query.of !== 'consumer' && query.of !== 'consumer_group') return undefined;
  const columns = `unnest(consumers) AS consumer, unnest(consumer_groups) AS consumer_group, unnest(consumer_requests) AS requests`;
  // Groups have elements of their own, without a consumer.
  const value = query.of === 'consumer' ? 'consumer' : 'CASE WHEN consumer IS NULL THEN consumer_group END';
  return { tables: consumerTables(query), columns, value };
}

/** Answers a {@link ValuesQuery}. */
export function valuesOf(rows: ReadRows, query: ValuesQuery, state: StoredState): Promise<ValueList> {
  return valueListOf(query, {
    hours: (asked) => hourCounts(rows, asked, state),
    values: (asked) => countsOf(rows, asked, state),
  });
}

async function countsOf(
  rows: ReadRows,
  query: ValuesQuery,
  state: StoredState,
): Promise<readonly ValueCount[]> {
  const { of, search, limit } = query;
  const ofRequests = OF_REQUESTS[of];
  const later = countedLater(query);
  const counted = ofRequests === undefined ? later : { tables: [DAYS, HOURS], ...ofRequests };
  const range = rollupRange(
    query,
    state,
    counted?.tables.map(({ periodMillis }) => periodMillis) ?? [],
    [],
    later && { isTold: isToldByEndpoints(query), from: state.laterFrom },
  );
  const parts = [
    ...(counted?.tables.map(
      (table) =>
        `SELECT ${counted.value} AS value, requests FROM ${range.aggregated(table, counted.columns)} AS a`,
    ) ?? []),
    range.events(`${OF_EVENT[of]} AS value, 1 AS requests`),
  ];
  const found = await rows(
    bindSearch(range.conditions(), 'search', search)
      .number('limit', limit)
      .query(
        `SELECT value, sum(requests::float8)::bigint AS requests FROM (${parts.join(' UNION ALL ')}) AS p
         WHERE value IS NOT NULL AND ${foundSql('value', 'search', search)} GROUP BY value ORDER BY requests DESC, value COLLATE "C" LIMIT $limit`,
      ),
  );
  return found.map((row) => ({ value: text(row['value']), requests: number(row['requests']) }));
}
