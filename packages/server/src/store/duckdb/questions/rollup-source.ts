import { HOUR_MILLIS, MINUTE_MILLIS } from '../../../durations.ts';
import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import { isToldByKeys } from '../../filter/event-filter.ts';
import { latencyBucketSql, latencyValueSql, quantilesSql } from '../aggregates/log-bucket-sql.ts';
import { ENDPOINT_NAME } from '../engine/conditions.ts';
import { distinctClients, sketchedClients } from './client-source.ts';
import { filtered } from './filter.ts';
import { rollupRange, type RolledUp } from './rollup-range.ts';
import { selectKeys, type FactSource } from './source.ts';

/** Which aggregates are read: `hour` means hours where they are whole, and minutes beside them. */
export type Grain = 'minute' | 'hour';

/** Lengths of the periods of each, the longest first. */
const PERIODS: Readonly<Record<Grain, Readonly<Record<string, number>>>> = {
  hour: { hour: HOUR_MILLIS, minute: MINUTE_MILLIS },
  minute: { minute: MINUTE_MILLIS },
};

/** Reads aggregates, and single events where no whole period lies in the range. */
export function rollupSource(
  filter: AnalyticsFilter,
  rolledUp: RolledUp,
  grains: { readonly counts: Grain; readonly latencies: Grain },
): FactSource {
  const ofEvents = `epoch_ms(event_time), client_id, method, ${ENDPOINT_NAME}`;
  const read = (grain: Grain, kind: string, columns: string, ofEvent: string): string => {
    const periods = PERIODS[grain];
    const range = rollupRange(filter, rolledUp, Object.values(periods));
    const parts = Object.entries(periods).map(
      ([name, period]) =>
        `SELECT epoch_ms(start) AS ms, client_id, method, endpoint AS path, ${columns}
         FROM ${range.aggregated(`${name}_${kind}`, period)}`,
    );
    return [...parts, `FROM ${range.events(`${ofEvents}, ${ofEvent}`)}`].join(' UNION ALL ');
  };
  const counts = read(
    grains.counts,
    'requests',
    `nullif(status_code, -1) AS status_code, nullif(outcome, '') AS outcome, requests`,
    'status_code, outcome, 1',
  );
  const latencies = read(
    grains.latencies,
    'latencies',
    'bucket, requests AS count',
    `${latencyBucketSql('latency_ms')}, 1`,
  );
  const counted = `(FROM (${latencies}) WHERE bucket IS NOT NULL)`;
  return {
    estimated: true,
    counts: `(${counts})`,
    counted,
    buckets: counted,
    ...countedLatencies(counted),
    // A sketch needs pseudonyms of all kinds: of those that begin alike it can tell few apart. Without aggregates it saves nothing.
    clients: isToldByKeys(filter) ? sketchedClients(filter, rolledUp) : distinctClients(filter, rolledUp),
    conditions: () => filtered(filter),
  };
}

/**
 * What is known of latencies that were counted in buckets.
 *
 * @param relation - columns `bucket` and `count`, and those that keys are made of
 */
export function countedLatencies(relation: string): Pick<FactSource, 'latencies' | 'histogram'> {
  return {
    latencies: (keys, also, joined) => {
      const counted = `(SELECT ${selectKeys(keys)} bucket, sum(count) AS count FROM ${relation} GROUP BY ALL)`;
      const beside = { also, joined };
      const quantiles = quantilesSql(counted, Object.keys(keys), [0.5, 0.95, 0.99], latencyValueSql, beside);
      return `(SELECT * RENAME (quantiles AS latency) FROM ${quantiles})`;
    },
    histogram: `(SELECT bucket, sum(count)::BIGINT AS requests FROM ${relation} GROUP BY bucket)`,
  };
}
