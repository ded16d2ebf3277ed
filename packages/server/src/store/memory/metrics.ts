import { endpointName, eventTime, type StoredEvent } from '../../event/event.ts';
import {
  MAX_METRIC_ENDPOINTS,
  MAX_SHARES,
  METRIC_TYPES,
  type MetricDetail,
  type MetricGroup,
  type MetricList,
  type MetricNumbers,
  type MetricPoint,
  type MetricQuery,
  type MetricShare,
  type MetricsQuery,
  type MetricType,
} from '../questions/metrics.ts';
import { filledBins, linearBin, linearBins } from '../figures/linear-bins.ts';
import { bucketStarts, fillBuckets } from '../figures/series.ts';
import { finder } from '../filter/search.ts';
import { groupBy } from '../../nested-maps.ts';
import { compare, endpointOf, quantile } from './figures.ts';

/** A metric of an event. */
interface Metric {
  readonly event: StoredEvent;
  readonly name: string;
  readonly value: unknown;
}

/** Lists the custom metrics of events. */
export function listMetrics(events: readonly StoredEvent[], { search, limit }: MetricsQuery): MetricList {
  const isFound = finder(search);
  const metrics = [...groupBy(events.flatMap(metricsOf), (metric) => metric.name)]
    .filter(([name]) => isFound(name))
    .map(([name, uses]) => ({ name, types: typeCounts(uses), events: uses.length }))
    .sort((a, b) => b.events - a.events || compare(a.name, b.name));
  return {
    estimated: false,
    metrics: metrics.slice(0, limit),
    total: metrics.length,
    events: events.length,
  };
}

/** Answers a {@link MetricQuery} from the events that match it. */
export function describeMetric(events: readonly StoredEvent[], query: MetricQuery): MetricDetail {
  const uses = events.flatMap(metricsOf).filter((metric) => metric.name === query.name);
  const shares = sharesOf(uses);
  const listed = shares.slice(0, MAX_SHARES);
  return {
    estimated: false,
    bucketMillis: query.bucketMillis,
    events: uses.length,
    allEvents: events.length,
    numbers: numbersOf(uses, query),
    shares: listed,
    others: total(shares) - total(listed),
    groups: query.byEndpoint ? groupsOf(uses) : undefined,
  };
}

function metricsOf(event: StoredEvent): readonly Metric[] {
  return Object.entries(JSON.parse(event.customData) as object)
    .filter(([, value]) => value !== null)
    .map(([name, value]: [string, unknown]) => ({ event, name, value }));
}

function typeCounts(uses: readonly Metric[]): Readonly<Record<MetricType, number>> {
  const count = (type: MetricType): number => uses.filter((use) => typeOf(use.value) === type).length;
  return Object.fromEntries(METRIC_TYPES.map((type) => [type, count(type)])) as Record<MetricType, number>;
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

function valuesOf(uses: readonly Metric[]): readonly number[] {
  return uses
    .map((use) => use.value)
    .filter((value) => typeof value === 'number')
    .sort((a, b) => a - b);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function numbersOf(uses: readonly Metric[], query: MetricQuery): MetricNumbers | null {
  const sorted = valuesOf(uses);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return null;
  const bins = linearBins(min, max);
  const counts = new Map(
    [...groupBy(sorted, (value) => linearBin(bins, value))].map(([k, v]) => [k, v.length]),
  );
  return {
    count: sorted.length,
    min,
    max,
    mean: meanOf(sorted) ?? 0,
    p50: quantile(sorted, 0.5) ?? 0,
    p95: quantile(sorted, 0.95) ?? 0,
    series: pointsOf(uses, query),
    histogram: filledBins(bins, max, counts),
  };
}

function pointsOf(uses: readonly Metric[], query: MetricQuery): MetricNumbers['series'] {
  const width = query.bucketMillis;
  const points = [...groupBy(uses, ({ event }) => Math.floor(eventTime(event) / width) * width)].map(
    ([start, group]): MetricPoint => {
      const sorted = valuesOf(group);
      return { start, count: sorted.length, mean: meanOf(sorted), p95: quantile(sorted, 0.95) };
    },
  );
  return fillBuckets<MetricPoint>(bucketStarts(query, width), points, { count: 0, mean: null, p95: null });
}

/** Booleans and texts, the most frequent first, then in order of their JSON text. */
function sharesOf(uses: readonly Metric[]): readonly MetricShare[] {
  const shared = uses.filter(({ value }) => typeof value === 'boolean' || typeof value === 'string');
  return [...groupBy(shared, ({ value }) => JSON.stringify(value))]
    .sort(([a, usesA], [b, usesB]) => usesB.length - usesA.length || compare(a, b))
    .map(([json, group]) => ({ value: JSON.parse(json) as boolean | string, count: group.length }));
}

function total(shares: readonly MetricShare[]): number {
  return shares.reduce((sum, share) => sum + share.count, 0);
}

function groupsOf(uses: readonly Metric[]): readonly MetricGroup[] {
  return [...groupBy(uses, ({ event }) => JSON.stringify([event.method, endpointName(event)]))]
    .map(([, group]) => ({
      ...endpointOf(group.map((use) => use.event)),
      events: group.length,
      mean: meanOf(valuesOf(group)),
      p95: quantile(valuesOf(group), 0.95),
      top: sharesOf(group)[0] ?? null,
    }))
    .sort((a, b) => b.events - a.events || compare(a.endpoint, b.endpoint) || compare(a.method, b.method))
    .slice(0, MAX_METRIC_ENDPOINTS);
}
