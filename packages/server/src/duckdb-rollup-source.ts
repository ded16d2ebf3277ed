import type { AnalyticsFilter } from './analytics.ts';
import { filteredByEndpoint } from './duckdb-conditions.ts';
import { latencyBucketSql, latencyValueSql, quantilesSql } from './duckdb-log-buckets.ts';
import type { ReadRows } from './duckdb-read-connection.ts';
import { exactSource, selectKeys, type FactSource } from './duckdb-source.ts';
import { cutRange, type RollupRange } from './rollup-range.ts';
import { SKETCH_RANK, SKETCH_REGISTER, SKETCH_REGISTERS } from './rollup-tables.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Reads aggregates, and single events where no whole period lies in the range. */
export async function rollupSource(
  rows: ReadRows,
  filter: AnalyticsFilter,
  rolledUpTo: number,
  grain: 'minute' | 'hour',
): Promise<FactSource> {
  const hours = await cutRange(rows, HOUR, filter, rolledUpTo);
  const grains = grain === 'hour' ? hours : await cutRange(rows, MINUTE, filter, rolledUpTo);
  const buckets = `(
    SELECT epoch_ms(start) AS ms, method, endpoint AS path, bucket, requests AS count FROM ${grains.aggregated(`${grain}_latencies`)}
    UNION ALL
    SELECT epoch_ms(event_time), method, endpoint_name, ${latencyBucketSql('latency_ms')}, 1
    FROM ${grains.events} WHERE latency_ms IS NOT NULL)`;
  return {
    estimated: true,
    counts: `(
      SELECT epoch_ms(start) AS ms, method, endpoint AS path, nullif(status_code, -1) AS status_code,
             nullif(outcome, '') AS outcome, requests FROM ${grains.aggregated(`${grain}_requests`)}
      UNION ALL
      SELECT epoch_ms(event_time), method, endpoint_name, status_code, outcome, 1 FROM ${grains.events})`,
    latencies: (keys) => {
      const counted = `(
        SELECT ${selectKeys(keys)} bucket, sum(count) AS count FROM ${buckets} GROUP BY ALL)`;
      const quantiles = quantilesSql(counted, Object.keys(keys), [0.5, 0.95, 0.99], latencyValueSql);
      return `(SELECT * RENAME (quantiles AS latency) FROM ${quantiles})`;
    },
    histogram: `(SELECT bucket, sum(count)::BIGINT AS requests FROM ${buckets} GROUP BY bucket)`,
    clients: sketchedClients(hours),
    clientFigures: exactSource(filter).clientFigures,
    conditions: () => filteredByEndpoint(filter),
  };
}

/** The HyperLogLog estimate, with linear counting where there are few clients. */
function sketchedClients({ aggregated, events }: RollupRange): string {
  const m = SKETCH_REGISTERS;
  const raw = `${(0.7213 / (1 + 1.079 / m)) * m * m} / (coalesce(sum(pow(2.0, -rank)), 0) + ${m} - count(*))`;
  return `(
    SELECT round(CASE WHEN ${raw} <= ${2.5 * m} AND count(*) < ${m}
                      THEN ${m} * ln(${m}::DOUBLE / (${m} - count(*))) ELSE ${raw} END)::BIGINT AS clients
    FROM (
      SELECT register, max(rank) AS rank
      FROM (
        SELECT register, rank FROM ${aggregated('hour_clients')}
        UNION ALL SELECT ${SKETCH_REGISTER}, ${SKETCH_RANK} FROM ${events} WHERE source_ip IS NOT NULL)
      GROUP BY register))`;
}

/**
 * Columns `source_ip`, `requests`, `errors` and `last_seen`. Not estimated: days add up, and what is not a whole day is
 * read from the events. The aggregates do not tell endpoints apart.
 */
export async function clientFiguresOf(
  rows: ReadRows,
  filter: AnalyticsFilter,
  rolledUpTo: number,
): Promise<string> {
  if (filter.endpoint !== undefined) return exactSource(filter).clientFigures;
  const { aggregated, events } = await cutRange(rows, DAY, filter, rolledUpTo);
  return `(
    SELECT lower(hex(address)) AS source_ip, sum(requests)::BIGINT AS requests, sum(errors)::BIGINT AS errors,
           epoch_ms(max(last_seen)) AS last_seen
    FROM (
      SELECT source_ip AS address, requests, errors, last_seen FROM ${aggregated('day_clients')}
      UNION ALL SELECT unhex(source_ip), 1, is_error::INTEGER, event_time FROM ${events} WHERE source_ip IS NOT NULL)
    GROUP BY address)`;
}
