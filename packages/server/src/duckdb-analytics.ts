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
} from './analytics.ts';
import { Conditions } from './duckdb-conditions.ts';
import { endpointListOf } from './duckdb-endpoint-list.ts';
import { exactMetricSource } from './duckdb-metric-source.ts';
import { metricDetailOf, metricListOf } from './duckdb-metrics.ts';
import { overviewOf } from './duckdb-overview.ts';
import { toProducerRow } from './duckdb-producer-row.ts';
import { producersQuery } from './duckdb-queries.ts';
import type { ReadConnection } from './duckdb-read-connection.ts';
import { exactSource, queryOf } from './duckdb-source.ts';
import { number, text } from './duckdb-values.ts';
import { previousRange } from './series.ts';
import type { ProducerRow } from './store.ts';

/** Answers the questions of the page, each from one state of the database. */
export class DuckDbAnalytics implements Analytics {
  readonly #reads: ReadConnection;

  constructor(reads: ReadConnection) {
    this.#reads = reads;
  }

  overview(query: OverviewQuery): Promise<Overview> {
    const before = { ...query, ...previousRange(query) };
    return this.#reads.inSnapshot((rows) => overviewOf(rows, query, exactSource(query), exactSource(before)));
  }

  endpoints(query: EndpointsQuery): Promise<EndpointList> {
    return this.#reads.inSnapshot((rows) => endpointListOf(rows, query, exactSource(query)));
  }

  async clients(query: ClientsQuery): Promise<readonly ClientFigures[]> {
    const source = exactSource(query);
    const found = await this.#reads.rows(
      queryOf(source, `FROM ${source.clientFigures} ORDER BY requests DESC, source_ip LIMIT $limit`, {
        limit: query.limit,
      }),
    );
    return found.map((row) => ({
      sourceIp: text(row['source_ip']),
      requests: number(row['requests']),
      errors: number(row['errors']),
      lastSeen: number(row['last_seen']),
    }));
  }

  metrics(filter: AnalyticsFilter): Promise<MetricList> {
    return this.#reads.inSnapshot((rows) => metricListOf(rows, exactMetricSource(filter)));
  }

  metric(query: MetricQuery): Promise<MetricDetail> {
    return this.#reads.inSnapshot((rows) =>
      metricDetailOf(rows, query, exactMetricSource(query, query.name)),
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
