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
import { Conditions } from './duckdb-conditions.ts';
import { endpointListOf } from './duckdb-endpoint-list.ts';
import { exactMetricSource, type MetricSource } from './duckdb-metric-source.ts';
import { metricDetailOf, metricListOf } from './duckdb-metrics.ts';
import { overviewOf } from './duckdb-overview.ts';
import { toProducerRow } from './duckdb-producer-row.ts';
import { producersQuery } from './duckdb-queries.ts';
import type { ReadConnection, ReadRows } from './duckdb-read-connection.ts';
import { rollupMetricSource } from './duckdb-rollup-metric-source.ts';
import { clientFiguresOf, rollupSource } from './duckdb-rollup-source.ts';
import { exactSource, queryOf, type FactSource } from './duckdb-source.ts';
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
    const before = { ...query, ...previousRange(query) };
    const grain = query.bucketMillis % HOUR === 0 ? 'hour' : 'minute';
    return this.#reads.inSnapshot(async (rows) =>
      overviewOf(rows, query, await sourceOf(rows, query, grain), await sourceOf(rows, before, grain)),
    );
  }

  endpoints(query: EndpointsQuery): Promise<EndpointList> {
    return this.#reads.inSnapshot(async (rows) =>
      endpointListOf(rows, query, await sourceOf(rows, query, sparklineGrain(query))),
    );
  }

  async clients(query: ClientsQuery): Promise<readonly ClientFigures[]> {
    const found = await this.#reads.inSnapshot(async (rows) => {
      const source = exactSource(query);
      const figures = isLong(query)
        ? await clientFiguresOf(rows, query, await rolledUpTo(rows))
        : source.clientFigures;
      const sql = `FROM ${figures} ORDER BY requests DESC, source_ip LIMIT $limit`;
      return rows(queryOf(source, sql, { limit: query.limit }));
    });
    return found.map((row) => ({
      sourceIp: text(row['source_ip']),
      requests: number(row['requests']),
      errors: number(row['errors']),
      lastSeen: number(row['last_seen']),
    }));
  }

  metrics(filter: AnalyticsFilter): Promise<MetricList> {
    return this.#reads.inSnapshot(async (rows) => metricListOf(rows, await metricSourceOf(rows, filter)));
  }

  metric(query: MetricQuery): Promise<MetricDetail> {
    return this.#reads.inSnapshot(async (rows) =>
      metricDetailOf(rows, query, await metricSourceOf(rows, query, query.name)),
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
}

/** Parts of a sparkline begin where the range says; only in long ranges may an hour more or less not show. */
function sparklineGrain({ since, until }: TimeRange): 'minute' | 'hour' {
  return until - since > 7 * 24 * HOUR ? 'hour' : 'minute';
}

function isLong({ since, until }: TimeRange): boolean {
  return until - since > EXACT_MILLIS;
}

async function sourceOf(
  rows: ReadRows,
  filter: AnalyticsFilter,
  grain: 'minute' | 'hour',
): Promise<FactSource> {
  return isLong(filter) ? rollupSource(rows, filter, await rolledUpTo(rows), grain) : exactSource(filter);
}

async function metricSourceOf(rows: ReadRows, filter: AnalyticsFilter, name?: string): Promise<MetricSource> {
  return isLong(filter)
    ? rollupMetricSource(rows, filter, await rolledUpTo(rows), name)
    : exactMetricSource(filter, name);
}

/** Read in the same snapshot as what it is used for. */
async function rolledUpTo(rows: ReadRows): Promise<number> {
  const [row] = await rows(new Conditions().query('SELECT rolled_up_to FROM meta'));
  return number(row?.['rolled_up_to']);
}
