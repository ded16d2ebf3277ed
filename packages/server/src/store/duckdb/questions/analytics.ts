import { HOUR_MILLIS, MINUTE_MILLIS } from '../../../durations.ts';
import {
  hasCoarseSparkline,
  type Analytics,
  type ClientFigures,
  type ClientsQuery,
  type EndpointList,
  type EndpointsQuery,
  type Overview,
  type OverviewQuery,
  type RequestTotals,
} from '../../questions/analytics.ts';
import type { AnalyticsFilter, TimeRange } from '../../questions/analytics-filter.ts';
import type { MetricDetail, MetricList, MetricQuestion, MetricsQuery } from '../../questions/metrics.ts';
import { areClientsTold, type ConsumerList, type ConsumersQuery } from '../../questions/consumer-list.ts';
import type { ErrorList, ErrorsQuery } from '../../questions/error-list.ts';
import type { LatenciesQuery, LatencyCells } from '../../questions/latency-cells.ts';
import type { ProducerRow } from '../../questions/producer.ts';
import { metricBucket } from '../../figures/bucket-width.ts';
import { endOf, EXACT_EVENTS, isLong } from '../../figures/precision.ts';
import { previousRange } from '../../figures/series.ts';
import type { NewRelease, ReleasesQuery } from '../../questions/release-list.ts';
import type { ApplicationRow, Listed, SourceQuery } from '../../questions/source-list.ts';
import type { ValueList, ValuesQuery } from '../../questions/value-list.ts';
import { Conditions, instantSql } from '../engine/conditions.ts';
import type { ReadConnection, ReadRows } from '../engine/read-connection.ts';
import { number } from '../../rows/values.ts';
import { clientFiguresOf } from './client-figures.ts';
import { topClientsOf } from './client-source.ts';
import { consumerListOf } from './consumers.ts';
import { endpointListOf } from './endpoint-list.ts';
import { errorListOf } from './error-list.ts';
import { latencyCellsOf } from './latency-cells.ts';
import { exactMetricSource, exactMetricUses } from './metric-source.ts';
import { metricDetailOf, metricListOf } from './metrics.ts';
import { overviewOf, requestTotalsOf } from './overview.ts';
import { rollupMetricSource, rollupMetricUses } from './rollup-metric-source.ts';
import type { RolledUp } from './rollup-range.ts';
import { rollupSource, type Grain } from './rollup-source.ts';
import { releaseListOf } from './releases.ts';
import { applicationListOf, producerListOf } from './source-list.ts';
import { exactSource, type FactSource } from './source.ts';
import { valuesOf } from './values.ts';

/** Answers the questions of the page, each from one state of the database. */
export class DuckDbAnalytics implements Analytics {
  readonly #reads: ReadConnection;
  readonly #exactEvents: number;

  /** @param exactEvents - most events of a range that are read one by one */
  constructor(reads: ReadConnection, exactEvents: number = EXACT_EVENTS) {
    this.#reads = reads;
    this.#exactEvents = exactEvents;
  }

  overview(query: OverviewQuery): Promise<Overview> {
    return this.#inSnapshot(query, (rows, rolledUp) => {
      const before = sourceOf({ ...query, ...previousRange(query) }, rolledUp);
      return overviewOf(rows, query, sourceByTime(query, rolledUp), before);
    });
  }

  totals(filter: AnalyticsFilter): Promise<RequestTotals> {
    return this.#inSnapshot(filter, (rows, rolledUp) => requestTotalsOf(rows, sourceOf(filter, rolledUp)));
  }

  endpoints(query: EndpointsQuery): Promise<EndpointList> {
    return this.#inSnapshot(query, (rows, rolledUp) =>
      endpointListOf(
        rows,
        query,
        sourceOf(query, rolledUp, {
          counts: hasCoarseSparkline(query) ? 'hour' : 'minute',
          latencies: 'hour',
        }),
      ),
    );
  }

  errors(query: ErrorsQuery): Promise<ErrorList> {
    return this.#inSnapshot(query, (rows, rolledUp) => errorListOf(rows, query, rolledUp));
  }

  latencies(query: LatenciesQuery): Promise<LatencyCells> {
    return this.#inSnapshot(query, (rows, rolledUp) =>
      latencyCellsOf(rows, query, sourceByTime(query, rolledUp)),
    );
  }

  clients(query: ClientsQuery): Promise<readonly ClientFigures[]> {
    return this.#inSnapshot(query, (rows, rolledUp) => topClientsOf(rows, query, rolledUp));
  }

  consumers(query: ConsumersQuery): Promise<ConsumerList> {
    return this.#inSnapshot(query, (rows, rolledUp) =>
      rolledUp.isLarge && areClientsTold(query)
        ? clientFiguresOf(rows, query, rolledUp)
        : consumerListOf(rows, query, rolledUp),
    );
  }

  metrics(query: MetricsQuery): Promise<MetricList> {
    return this.#inSnapshot(query, (rows, rolledUp) =>
      metricListOf(
        rows,
        query,
        rolledUp.isLarge ? rollupMetricUses(query, rolledUp) : exactMetricUses(query),
      ),
    );
  }

  metric(question: MetricQuestion): Promise<MetricDetail> {
    return this.#inSnapshot(question, async (rows, rolledUp) => {
      const chosen = question.bucketMillis ?? metricBucket(question, rolledUp.isLarge);
      const query = { ...question, bucketMillis: chosen };
      return metricDetailOf(
        rows,
        query,
        await (rolledUp.isLarge && query.bucketMillis % HOUR_MILLIS === 0
          ? rollupMetricSource(rows, query, rolledUp)
          : exactMetricSource(rows, query)),
      );
    });
  }

  values(query: ValuesQuery): Promise<ValueList> {
    return this.#inSnapshot(query, (rows, rolledUp) => valuesOf(rows, query, rolledUp));
  }

  releases(query: ReleasesQuery): Promise<readonly NewRelease[]> {
    return this.#reads.inSnapshot((rows) => releaseListOf(rows, query));
  }

  producers(query: SourceQuery): Promise<Listed<ProducerRow>> {
    return this.#reads.inSnapshot((rows) => producerListOf(rows, query));
  }

  applications(query: SourceQuery): Promise<Listed<ApplicationRow>> {
    return this.#reads.inSnapshot((rows) => applicationListOf(rows, query));
  }

  /** Reads what the aggregates hold in the same snapshot as what it is used for. */
  #inSnapshot<T>(range: TimeRange, read: (rows: ReadRows, rolledUp: RolledUp) => Promise<T>): Promise<T> {
    const { until } = range;
    const beyond = `FROM events WHERE event_time >= ${instantSql('$end')}`;
    return this.#reads.inSnapshot(async (rows) => {
      const isLarge = isLong(range) || (await holdsMoreThan(rows, range, this.#exactEvents));
      const end = endOf(range, isLarge);
      const [row] = await rows(
        new Conditions().number('end', end).query(
          `SELECT rolled_up_to, minutes_from, EXISTS (${beyond}) AS is_stored_beyond,
                  EXISTS (${beyond} AND id <= (SELECT any_value(rolled_up_to) FROM meta)) AS is_rolled_up_beyond
           FROM meta`,
        ),
      );
      return read(rows, {
        isLarge,
        upTo: number(row?.['rolled_up_to']),
        minutesFrom: number(row?.['minutes_from']),
        before: row?.['is_rolled_up_beyond'] === true ? Infinity : until,
        minutesBefore: row?.['is_stored_beyond'] === true ? Infinity : until,
      });
    });
  }
}

/** What tells in which bucket of time something lies. Aggregates do not tell when within a minute. */
function sourceByTime(
  query: AnalyticsFilter & { readonly bucketMillis: number },
  rolledUp: RolledUp,
): FactSource {
  if (query.bucketMillis % MINUTE_MILLIS !== 0) return exactSource(query, rolledUp);
  const grain = query.bucketMillis % HOUR_MILLIS === 0 ? 'hour' : 'minute';
  return sourceOf(query, rolledUp, { counts: grain, latencies: grain });
}

function sourceOf(
  filter: AnalyticsFilter,
  rolledUp: RolledUp,
  grains: { readonly counts: Grain; readonly latencies: Grain } = { counts: 'hour', latencies: 'hour' },
): FactSource {
  return rolledUp.isLarge ? rollupSource(filter, rolledUp, grains) : exactSource(filter, rolledUp);
}

async function holdsMoreThan(rows: ReadRows, { since, until }: TimeRange, events: number): Promise<boolean> {
  const conditions = new Conditions()
    .number('since', since)
    .number('until', until)
    .number('more', events + 1);
  const within = `event_time >= ${instantSql('$since')} AND event_time < ${instantSql('$until')}`;
  const [row] = await rows(
    conditions.query(
      `SELECT count(*) = $more AS is_large FROM (SELECT 1 FROM events WHERE ${within} LIMIT $more)`,
    ),
  );
  return row?.['is_large'] === true;
}
