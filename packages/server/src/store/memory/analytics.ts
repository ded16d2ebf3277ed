import { eventTime, isError, type StoredEvent } from '../../event/event.ts';
import {
  STATUS_CLASSES,
  type Analytics,
  type ClientFigures,
  type ClientsQuery,
  type EndpointFigures,
  type EndpointList,
  type EndpointOrder,
  type EndpointsQuery,
  type Overview,
  type OverviewQuery,
  type RequestTotals,
  type SeriesPoint,
  type StatusClass,
  type StatusCounts,
  type Totals,
} from '../questions/analytics.ts';
import type { AnalyticsFilter, TimeRange } from '../questions/analytics-filter.ts';
import type { MetricDetail, MetricList, MetricQuestion, MetricsQuery } from '../questions/metrics.ts';
import { earlierFilter, type ConsumerList, type ConsumersQuery } from '../questions/consumer-list.ts';
import { textOfEndpoint, thresholdsByEndpoint } from '../questions/endpoint-threshold.ts';
import { failedOnly, NO_ERRORS, type ErrorList, type ErrorsQuery } from '../questions/error-list.ts';
import type { Percentiles } from '../questions/event-query.ts';
import { finder } from '../filter/search.ts';
import { metricBucket } from '../figures/bucket-width.ts';
import { apdexOf } from '../figures/latency-figures.ts';
import { binsOf, latencyBucket } from '../figures/log-buckets.ts';
import type { LatenciesQuery, LatencyCells } from '../questions/latency-cells.ts';
import { isLong } from '../figures/precision.ts';
import type { ProducerRow } from '../questions/producer.ts';
import type { NewRelease, Release, ReleasesQuery } from '../questions/release-list.ts';
import { type ApplicationRow, type Listed, type SourceQuery } from '../questions/source-list.ts';
import { valueListOf } from '../questions/latest-values.ts';
import type { ValueList, ValuesQuery } from '../questions/value-list.ts';
import { bucketStarts, fillBuckets, previousRange } from '../figures/series.ts';
import { groupBy } from '../../nested-maps.ts';
import { matcher } from '../filter/matcher.ts';
import { listErrors } from './errors.ts';
import { countLatencies } from './latencies.ts';
import { listConsumers } from './consumers.ts';
import { addressesOf, compare, listedAs, percentilesOf, sparklineOf } from './figures.ts';
import { describeMetric, listMetrics } from './metrics.ts';
import { listReleases } from './releases.ts';
import { listApplications, listProducers } from './source-list.ts';
import { countHours, countValues } from './values.ts';

/** Answers the questions of the page from arrays, always exactly; what the other store's answers are held against. */
export class MemoryAnalytics implements Analytics {
  readonly #events: readonly StoredEvent[];
  readonly #producers: ReadonlyMap<string, ProducerRow>;
  readonly #releases: readonly Release[];

  /** Looks into them whenever it is asked. */
  constructor(
    events: readonly StoredEvent[],
    producers: ReadonlyMap<string, ProducerRow>,
    releases: readonly Release[],
  ) {
    this.#events = events;
    this.#producers = producers;
    this.#releases = releases;
  }

  totals(filter: AnalyticsFilter): Promise<RequestTotals> {
    return Promise.resolve(requestTotalsOf(this.#matching(filter)));
  }

  overview(query: OverviewQuery): Promise<Overview> {
    const events = this.#matching(query);
    const latencies = events.flatMap((event) => event.latencyMs ?? []);
    return Promise.resolve({
      estimated: false,
      totals: totalsOf(events),
      previous: totalsOf(this.#matching({ ...query, ...previousRange(query) })),
      isPreviousKept: this.#isStoredBefore(previousRange(query).since),
      series: seriesOf(events, query),
      methods: frequencies(events, (event) => event.method).map(([method, requests]) => ({
        method,
        requests,
      })),
      outcomes: frequencies(events, (event) => event.outcome).map(([outcome, requests]) => ({
        outcome,
        requests,
      })),
      statusCodes: frequencies(events, (event) => event.statusCode).map(([statusCode, requests]) => ({
        statusCode,
        requests,
      })),
      histogram: binsOf(latencies.map((latency) => [latencyBucket(latency), 1])),
    });
  }

  endpoints(query: EndpointsQuery): Promise<EndpointList> {
    const events = this.#matching(query);
    const own = thresholdsByEndpoint(query.ownThresholds ?? []);
    const isFound = finder(query.search);
    const all = [...groupBy(events, (event) => textOfEndpoint(listedAs(event)))]
      .map(([name, group]) =>
        figuresOf(group, query, { all: events.length, threshold: own.get(name) ?? query.thresholdMillis }),
      )
      .filter(({ endpoint }) => isFound(endpoint))
      .sort(
        (a, b) =>
          ORDERS[query.order](a, b) ||
          compare(a.endpoint, b.endpoint) ||
          compare(a.method, b.method) ||
          compare(a.clientId, b.clientId),
      );
    return Promise.resolve({ estimated: false, endpoints: all.slice(0, query.limit), total: all.length });
  }

  errors(query: ErrorsQuery): Promise<ErrorList> {
    const failed = failedOnly(query);
    return Promise.resolve(failed === undefined ? NO_ERRORS : listErrors(this.#matching(failed), failed));
  }

  latencies(query: LatenciesQuery): Promise<LatencyCells> {
    return Promise.resolve(countLatencies(this.#matching(query), query));
  }

  clients(query: ClientsQuery): Promise<readonly ClientFigures[]> {
    const known = this.#matching(query).filter(
      ({ sourceIp }) => sourceIp !== null && sourceIp.startsWith(query.prefix ?? ''),
    );
    const clients = [...groupBy(known, (event) => event.sourceIp ?? '')]
      .map(([sourceIp, group]) => ({
        sourceIp,
        requests: group.length,
        errors: group.filter(isError).length,
        lastSeen: group.map(eventTime).reduce((a, b) => Math.max(a, b)),
      }))
      .sort((a, b) => b.requests - a.requests || compare(a.sourceIp, b.sourceIp));
    return Promise.resolve(clients.slice(0, query.limit));
  }

  consumers(query: ConsumersQuery): Promise<ConsumerList> {
    const filter = earlierFilter(query);
    const earlier = this.#isStoredBefore(filter.since) ? this.#matching(filter) : undefined;
    return Promise.resolve(listConsumers(this.#matching(query), earlier, query));
  }

  metrics(query: MetricsQuery): Promise<MetricList> {
    return Promise.resolve(listMetrics(this.#matching(query), query));
  }

  metric(question: MetricQuestion): Promise<MetricDetail> {
    const query = {
      ...question,
      bucketMillis: question.bucketMillis ?? metricBucket(question, isLong(question)),
    };
    return Promise.resolve(describeMetric(this.#matching(query), query));
  }

  values(query: ValuesQuery): Promise<ValueList> {
    return valueListOf(query, {
      hours: ({ since, until }) => Promise.resolve(countHours(this.#matching({ since, until }))),
      values: (asked) => Promise.resolve(countValues(this.#matching(asked), asked)),
    });
  }

  releases(query: ReleasesQuery): Promise<readonly NewRelease[]> {
    return Promise.resolve(listReleases(this.#releases, query));
  }

  producers(query: SourceQuery): Promise<Listed<ProducerRow>> {
    return Promise.resolve(listProducers(this.#producers.values(), query));
  }

  applications(query: SourceQuery): Promise<Listed<ApplicationRow>> {
    return Promise.resolve(listApplications(this.#producers.values(), query));
  }

  /** Then what lies behind the instant was kept. */
  #isStoredBefore(instant: number): boolean {
    return this.#events.some((event) => eventTime(event) < instant);
  }

  #matching(filter: AnalyticsFilter): readonly StoredEvent[] {
    return this.#events.filter(matcher(filter));
  }
}

const ORDERS: Readonly<Record<EndpointOrder, (a: EndpointFigures, b: EndpointFigures) => number>> = {
  requests: (a, b) => b.requests - a.requests,
  errors: (a, b) => b.errors - a.errors || b.requests - a.requests,
  error_rate: (a, b) => b.errors / b.requests - a.errors / a.requests || b.requests - a.requests,
  client_errors: (a, b) => b.clientErrors - a.clientErrors || b.requests - a.requests,
  p50: byLatency('p50'),
  p95: byLatency('p95'),
  p99: byLatency('p99'),
  // Without a latency there is none to be worse than.
  apdex: (a, b) => (a.apdex ?? 2) - (b.apdex ?? 2) || b.requests - a.requests,
  endpoint: () => 0,
};

function byLatency(name: keyof Percentiles): (a: EndpointFigures, b: EndpointFigures) => number {
  return (a, b) => (b.latency[name] ?? -1) - (a.latency[name] ?? -1) || b.requests - a.requests;
}

function totalsOf(events: readonly StoredEvent[]): Totals {
  return { ...requestTotalsOf(events), clients: addressesOf(events).size };
}

function requestTotalsOf(events: readonly StoredEvent[]): RequestTotals {
  return {
    requests: events.length,
    errors: events.filter(isError).length,
    latency: percentilesOf(events),
  };
}

function seriesOf(events: readonly StoredEvent[], query: OverviewQuery): readonly SeriesPoint[] {
  const width = query.bucketMillis;
  const points = [...groupBy(events, (event) => Math.floor(eventTime(event) / width) * width)].map(
    ([start, group]) => ({
      start,
      requests: group.length,
      errors: group.filter(isError).length,
      byStatus: statusCounts(group),
      latency: percentilesOf(group),
    }),
  );
  return fillBuckets<SeriesPoint>(bucketStarts(query, width), points, {
    requests: 0,
    errors: 0,
    byStatus: statusCounts([]),
    latency: percentilesOf([]),
  });
}

function statusCounts(events: readonly StoredEvent[]): StatusCounts {
  const count = (name: StatusClass): number =>
    events.filter((event) => statusClass(event.statusCode) === name).length;
  return Object.fromEntries(STATUS_CLASSES.map((name) => [name, count(name)])) as Record<StatusClass, number>;
}

function statusClass(statusCode: number | null): StatusClass {
  const first = Math.min(5, Math.floor((statusCode ?? 0) / 100));
  return first < 2 ? 'none' : (`${first}xx` as StatusClass);
}

/** How often each value occurs, the most frequent first, then in order of the value, null last. */
function frequencies<T extends string | number | null>(
  events: readonly StoredEvent[],
  valueOf: (event: StoredEvent) => T,
): readonly (readonly [T, number])[] {
  return [...groupBy(events, valueOf)]
    .map(([value, group]) => [value, group.length] as const)
    .sort(([a, countA], [b, countB]) => {
      if (countA !== countB) return countB - countA;
      if (a === null || b === null) return a === null ? 1 : -1;
      return a < b ? -1 : 1;
    });
}

function figuresOf(
  group: readonly StoredEvent[],
  range: TimeRange,
  { all, threshold }: { readonly all: number; readonly threshold: number | undefined },
): EndpointFigures {
  const [first] = group;
  return {
    ...(first === undefined ? { clientId: '', method: '', endpoint: '' } : listedAs(first)),
    requests: group.length,
    errors: group.filter(isError).length,
    clientErrors: statusCounts(group)['4xx'],
    share: group.length / all,
    latency: percentilesOf(group),
    apdex: apdexOf(bucketsOf(group), threshold).score,
    sparkline: sparklineOf(group, range),
  };
}

/** The bucket of each latency. */
function bucketsOf(
  events: readonly StoredEvent[],
): readonly { readonly bucket: number; readonly count: 1 }[] {
  return events.flatMap(({ latencyMs }) =>
    latencyMs === null ? [] : [{ bucket: latencyBucket(latencyMs), count: 1 as const }],
  );
}
