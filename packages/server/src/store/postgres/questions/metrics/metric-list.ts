import { DAY_MILLIS, HOUR_MILLIS } from '../../../../durations.ts';
import type { AnalyticsFilter } from '../../../questions/analytics-filter.ts';
import type { MetricList, MetricsQuery } from '../../../questions/metrics.ts';
import { METRICS_JSON, metricTypeSql } from '../../aggregates/metric-sql.ts';
import { DAY_METRICS, HOUR_METRIC_TOTALS, HOUR_METRICS } from '../../aggregates/tables.ts';
import type { ReadRows } from '../../engine/reads.ts';
import { number, text } from '../../../rows/values.ts';
import { isOfEndpoint, PERIODS, REQUESTS, requestsSql } from '../requests.ts';
import { rollupRange, type RollupRange } from '../rollup-range.ts';
import { bindSearch, foundSql } from '../search.ts';
import type { StoredState } from '../stored-state.ts';

const OF_ROW = 'name, numbers, booleans, strings, lists, objects';

/** Lists the custom metrics. */
export async function metricListOf(
  rows: ReadRows,
  query: MetricsQuery,
  state: StoredState,
): Promise<MetricList> {
  const { search, limit } = query;
  const range = metricRange(query, state);
  const found = await rows(
    bindSearch(range.conditions(), 'search', search)
      .number('limit', limit)
      .query(
        `SELECT *, numbers + booleans + strings + lists + objects AS events, count(*) OVER () AS total
         FROM (
           SELECT name, ${['numbers', 'booleans', 'strings', 'lists', 'objects'].map((type) => `sum(${type})::bigint AS ${type}`).join(', ')}
           FROM ${usesSql(query, range)} AS uses GROUP BY name) AS names
         WHERE ${foundSql('name', 'search', search)} ORDER BY events DESC, name COLLATE "C" LIMIT $limit`,
      ),
  );
  return {
    estimated: state.isLarge,
    metrics: found.map((row) => ({
      name: text(row['name']),
      types: {
        number: number(row['numbers']),
        boolean: number(row['booleans']),
        string: number(row['strings']),
        list: number(row['lists']),
      },
      events: number(row['events']),
    })),
    total: number(found[0]?.['total']),
    events: await eventCount(rows, query, state),
  };
}

/** How often a metric was of which type is no estimate, whatever it is read from. */
function metricRange(filter: AnalyticsFilter, state: StoredState): RollupRange {
  return rollupRange(filter, state, isOfEndpoint(filter) ? [DAY_MILLIS, HOUR_MILLIS] : [HOUR_MILLIS]);
}

function usesSql(filter: AnalyticsFilter, range: RollupRange): string {
  const tables = isOfEndpoint(filter) ? [DAY_METRICS, HOUR_METRICS] : [HOUR_METRIC_TOTALS];
  const ofType = ['number', 'boolean', 'string', 'list', 'object'].map((type) => `(type = '${type}')::int`);
  const ofEvents = `(
    SELECT name, ${ofType.join(', ')}
    FROM (
      SELECT u.key AS name, u.value::text AS json, ${metricTypeSql('u.value::text')} AS type
      FROM ${range.events('custom_data')} AS e, json_each(${METRICS_JSON}) AS u) AS members
    WHERE json <> 'null')`;
  return `(${[...tables.map((table) => range.aggregated(table, OF_ROW)), ofEvents].join(' UNION ALL ')})`;
}

/** Events of a range, with or without metrics. */
export async function eventCount(
  rows: ReadRows,
  filter: AnalyticsFilter,
  state: StoredState,
): Promise<number> {
  const periods = state.isLarge ? PERIODS.day : PERIODS.hour;
  const range = rollupRange(filter, state, periods);
  const [row] = await rows(
    range
      .conditions()
      .query(
        `SELECT sum(requests::float8)::bigint AS requests FROM ${requestsSql(range, periods, REQUESTS, isOfEndpoint(filter))} AS counts`,
      ),
  );
  return number(row?.['requests']);
}
