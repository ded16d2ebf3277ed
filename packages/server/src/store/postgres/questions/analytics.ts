import type {
  Analytics,
  ClientFigures,
  ClientsQuery,
  EndpointList,
  EndpointsQuery,
  Overview,
  OverviewQuery,
  RequestTotals,
} from '../../questions/analytics.ts';
import type { AnalyticsFilter, TimeRange } from '../../questions/analytics-filter.ts';
import type { MetricDetail, MetricList, MetricQuestion, MetricsQuery } from '../../questions/metrics.ts';
import {
  areClientsTold,
  earlierFilter,
  type ConsumerList,
  type ConsumersQuery,
} from '../../questions/consumer-list.ts';
import type { ErrorList, ErrorsQuery } from '../../questions/error-list.ts';
import type { LatenciesQuery, LatencyCells } from '../../questions/latency-cells.ts';
import type { ProducerRow } from '../../questions/producer.ts';
import { EXACT_EVENTS } from '../../figures/precision.ts';
import { previousRange } from '../../figures/series.ts';
import { isAboutOrigin, isToldByKeys, type EventFilter } from '../../filter/event-filter.ts';
import type { NewRelease, ReleasesQuery } from '../../questions/release-list.ts';
import type { ApplicationRow, Listed, SourceQuery } from '../../questions/source-list.ts';
import type { ValueList, ValuesQuery } from '../../questions/value-list.ts';
import type { Access, ReadRows, Reads } from '../engine/reads.ts';
import { clientFiguresOf } from './consumers/client-figures.ts';
import { topClientsOf } from './clients.ts';
import { consumerListOf } from './consumers/consumer-list.ts';
import { endpointListOf } from './endpoint-list.ts';
import { errorListOf } from './error-list.ts';
import { latencyCellsOf } from './latency-cells.ts';
import { metricDetailOf } from './metrics/metric-detail.ts';
import { metricListOf } from './metrics/metric-list.ts';
import { overviewOf, requestTotalsOf } from './overview.ts';
import { putAside, type Subject } from './put-aside.ts';
import { releaseListOf } from './releases.ts';
import { applicationListOf, producerListOf } from './source-list.ts';
import { storedState, type StoredState } from './stored-state.ts';
import { valuesOf } from './values.ts';

/** What answers a question about a range. */
type Answer<Q, A> = (rows: ReadRows, query: Q, state: StoredState) => Promise<A>;

/** Answers the questions of the page, each from one state of the database. */
export class PostgresAnalytics implements Analytics {
  readonly #reads: Reads;
  readonly #exactEvents: number;

  /** @param exactEvents - most events of a range that are read one by one */
  constructor(reads: Reads, exactEvents: number = EXACT_EVENTS) {
    this.#reads = reads;
    this.#exactEvents = exactEvents;
  }

  overview(query: OverviewQuery): Promise<Overview> {
    return this.#inParts('overview', query, overviewOf, {
      ...query,
      since: previousRange(query).since,
    });
  }

  totals(filter: AnalyticsFilter): Promise<RequestTotals> {
    return this.#inParts('overview', filter, requestTotalsOf);
  }

  endpoints(query: EndpointsQuery): Promise<EndpointList> {
    return this.#inParts('endpoints', query, endpointListOf);
  }

  errors(query: ErrorsQuery): Promise<ErrorList> {
    return this.#inSnapshot(query, query, errorListOf);
  }

  latencies(query: LatenciesQuery): Promise<LatencyCells> {
    return this.#inSnapshot(query, query, latencyCellsOf);
  }

  clients(query: ClientsQuery): Promise<readonly ClientFigures[]> {
    return this.#inParts('clients', query, topClientsOf);
  }

  consumers(query: ConsumersQuery): Promise<ConsumerList> {
    return this.#inSnapshot(query, { ...query, since: earlierFilter(query).since }, (rows, _, state) =>
      state.isLarge && areClientsTold(query)
        ? clientFiguresOf(rows, query, state, this.#exactEvents)
        : consumerListOf(rows, query, state),
    );
  }

  metrics(query: MetricsQuery): Promise<MetricList> {
    return this.#inParts('metrics', query, metricListOf);
  }

  metric(question: MetricQuestion): Promise<MetricDetail> {
    return this.#inParts('metrics', question, metricDetailOf);
  }

  values(query: ValuesQuery): Promise<ValueList> {
    return this.#inSnapshot(query, query, valuesOf);
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

  /**
   * An answer that has several parts, each of which would read anew what only events tell.
   *
   * @param range - all that is read for it
   */
  #inParts<Q extends EventFilter & TimeRange, A>(
    subject: Subject,
    query: Q,
    answer: Answer<Q, A>,
    range: TimeRange = query,
  ): Promise<A> {
    if (isToldByKeys(query) && !isAboutOrigin(query)) return this.#inSnapshot(query, range, answer);
    const inParts: Answer<Q, A> = async (rows, asked, state) =>
      answer(rows, await putAside(rows, asked, state, { subject, range }), state);
    return this.#inSnapshot(query, range, inParts, 'READ WRITE');
  }

  /** @param read - all that is read for it */
  #inSnapshot<Q extends AnalyticsFilter, A>(
    query: Q,
    read: TimeRange,
    answer: Answer<Q, A>,
    access: Access = 'READ ONLY',
  ): Promise<A> {
    return this.#reads.inSnapshot(
      async (rows) => answer(rows, query, await storedState(rows, read, query, this.#exactEvents)),
      access,
    );
  }
}
