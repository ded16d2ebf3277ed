import type { AnalyticsFilter } from './analytics.ts';
import { sketchedClients } from './duckdb-client-source.ts';
import { ENDPOINT_NAME, filteredByEndpoint } from './duckdb-conditions.ts';
import { latencyBucketSql, latencyValueSql, quantilesSql } from './duckdb-log-buckets.ts';
import { selectKeys, type FactSource } from './duckdb-source.ts';
import { rollupRange, type RollupRange } from './rollup-range.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Which aggregates are read. */
export type Grain = 'minute' | 'hour';

/** Reads aggregates, and single events where no whole period lies in the range. */
export function rollupSource(
  filter: AnalyticsFilter,
  rolledUpTo: number,
  grains: { readonly counts: Grain; readonly latencies: Grain },
): FactSource {
  const read = (grain: Grain, kind: string, columns: string): readonly [rows: string, RollupRange] => {
    const period = grain === 'hour' ? HOUR : MINUTE;
    const range = rollupRange(filter, rolledUpTo, [period]);
    return [
      `SELECT epoch_ms(start) AS ms, method, endpoint AS path, ${columns} FROM ${range.aggregated(`${grain}_${kind}`, period)}`,
      range,
    ];
  };
  const ofEvents = `epoch_ms(event_time), method, ${ENDPOINT_NAME}`;
  const [counts, counted] = read(
    grains.counts,
    'requests',
    `nullif(status_code, -1) AS status_code, nullif(outcome, '') AS outcome, requests`,
  );
  const [latencies, timed] = read(grains.latencies, 'latencies', 'bucket, requests AS count');
  const buckets = `(
    ${latencies}
    UNION ALL FROM ${timed.events(`${ofEvents}, ${latencyBucketSql('latency_ms')} AS bucket, 1`)} WHERE bucket IS NOT NULL)`;
  return {
    estimated: true,
    counts: `(${counts} UNION ALL FROM ${counted.events(`${ofEvents}, status_code, outcome, 1`)})`,
    counted: buckets,
    ...countedLatencies(buckets),
    clients: sketchedClients(filter, rolledUpTo),
    conditions: () => filteredByEndpoint(filter),
  };
}

/**
 * What is known of latencies that were counted in buckets.
 *
 * @param relation - columns `bucket` and `count`, and those that keys are made of
 */
export function countedLatencies(relation: string): Pick<FactSource, 'latencies' | 'histogram'> {
  return {
    latencies: (keys) => {
      const counted = `(SELECT ${selectKeys(keys)} bucket, sum(count) AS count FROM ${relation} GROUP BY ALL)`;
      const quantiles = quantilesSql(counted, Object.keys(keys), [0.5, 0.95, 0.99], latencyValueSql);
      return `(SELECT * RENAME (quantiles AS latency) FROM ${quantiles})`;
    },
    histogram: `(SELECT bucket, sum(count)::BIGINT AS requests FROM ${relation} GROUP BY bucket)`,
  };
}
