import {
  type Analytics,
  type AnalyticsFilter,
  type ClientFigures,
  type ClientsQuery,
  type EndpointList,
  type EndpointsQuery,
  type MetricDetail,
  type MetricList,
  type MetricQuery,
  type Overview,
  type OverviewQuery,
  type TimeRange,
} from './analytics.ts';
import { topClientsOf } from './duckdb-client-source.ts';
import { Conditions } from './duckdb-conditions.ts';
import { endpointListOf } from './duckdb-endpoint-list.ts';
import { exactMetricSource, exactMetricUses } from './duckdb-metric-source.ts';
import { metricDetailOf, metricListOf } from './duckdb-metrics.ts';
import { overviewOf } from './duckdb-overview.ts';
import { toProducerRow } from './duckdb-producer-row.ts';
import { producersQuery } from './duckdb-queries.ts';
import type { ReadConnection, ReadRows } from './duckdb-read-connection.ts';
import { rollupMetricSource, rollupMetricUses } from './duckdb-rollup-metric-source.ts';
import { rollupSource, type Grain } from './duckdb-rollup-source.ts';
import { exactSource, type FactSource } from './duckdb-source.ts';
import { number, text } from './duckdb-values.ts';
import { previousRange } from './series.ts';
import type { ProducerRow } from './store.ts';

const HOUR = 3_600_000;

/** Ranges up to this length are answered from single events. */
const EXACT_MILLIS = 24 * HOUR;

/** Answers the questions of the page, each from one state of the database. */
export class DuckDbAnalytics implements Analytics {
  readonly #reads: ReadConnection;

  constructor(reads: ReadConnection) {
    this.#reads = reads;
  }

  overview(query: OverviewQuery): Promise<Overview> {
    const grain = query.bucketMillis % HOUR === 0 ? 'hour' : 'minute';
    return this.#inSnapshot((rows, upTo) => {
      const source = sourceOf(query, upTo, { counts: grain, latencies: grain });
      return overviewOf(rows, query, source, sourceOf({ ...query, ...previousRange(query) }, upTo));
    });
  }

  endpoints(query: EndpointsQuery): Promise<EndpointList> {
    return this.#inSnapshot((rows, upTo) =>
      endpointListOf(
        rows,
        query,
        sourceOf(query, upTo, { counts: sparklineGrain(query), latencies: 'hour' }),
      ),
    );
  }

  clients(query: ClientsQuery): Promise<readonly ClientFigures[]> {
    return this.#inSnapshot((rows, upTo) => topClientsOf(rows, query, upTo));
  }

  metrics(filter: AnalyticsFilter): Promise<MetricList> {
    return this.#inSnapshot((rows, upTo) =>
      metricListOf(rows, isLong(filter) ? rollupMetricUses(filter, upTo) : exactMetricUses(filter)),
    );
  }

  metric(query: MetricQuery): Promise<MetricDetail> {
    return this.#inSnapshot(async (rows, upTo) =>
      metricDetailOf(
        rows,
        query,
        await (isLong(query) ? rollupMetricSource(rows, query, upTo) : exactMetricSource(rows, query)),
      ),
    );
  }

  async producers(): Promise<readonly ProducerRow[]> {
    return (await this.#reads.rows(producersQuery())).map(toProducerRow);
  }

  async clientIds(): Promise<readonly string[]> {
    const found = await this.#reads.rows(
      new Conditions().query('SELECT DISTINCT client_id FROM producers ORDER BY client_id'),
    );
    return found.map((row) => text(row['client_id']));
  }

  /** With the highest id of an event that the aggregates hold, read in the same snapshot as what it is used for. */
  #inSnapshot<T>(read: (rows: ReadRows, rolledUpTo: number) => Promise<T>): Promise<T> {
    return this.#reads.inSnapshot(async (rows) => {
      const [row] = await rows(new Conditions().query('SELECT rolled_up_to FROM meta'));
      return read(rows, number(row?.['rolled_up_to']));
    });
  }
}

/** Parts of a sparkline begin where the range says; only in long ranges may an hour more or less not show. */
function sparklineGrain({ since, until }: TimeRange): Grain {
  return until - since > 7 * 24 * HOUR ? 'hour' : 'minute';
}

function isLong({ since, until }: TimeRange): boolean {
  return until - since > EXACT_MILLIS;
}

function sourceOf(
  filter: AnalyticsFilter,
  upTo: number,
  grains: { readonly counts: Grain; readonly latencies: Grain } = { counts: 'hour', latencies: 'hour' },
): FactSource {
  return isLong(filter) ? rollupSource(filter, upTo, grains) : exactSource(filter, upTo);
}
