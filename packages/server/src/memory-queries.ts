import { chooseBucket } from './bucket-width.ts';
import { eventTime, type StoredEvent } from './event.ts';
import {
  MAX_SUMMARY_ENDPOINTS,
  type EventFilter,
  type EventQuery,
  type Summary,
  type SummaryBucket,
  type SummaryEndpoint,
  type SummaryQuery,
} from './store.ts';

/** Answers an {@link EventQuery} from an array of events. */
export function selectEvents(all: readonly StoredEvent[], query: EventQuery): readonly StoredEvent[] {
  const { endpoint, after } = query;
  return all
    .filter((event) => matches(event, query))
    .filter((event) => endpoint === undefined || event.route === endpoint || event.endpoint === endpoint)
    .sort(newestFirst)
    .filter((event) => after === undefined || isBelow(event, after.time, after.id))
    .slice(0, query.limit);
}

/** Answers a {@link SummaryQuery} from an array of events. */
export function summarise(all: readonly StoredEvent[], query: SummaryQuery): Summary {
  const events = all.filter((event) => matches(event, query));
  const latencies = latenciesOf(events);
  const bucketMillis = query.bucketMillis ?? chooseBucket(spanOf(events, query));
  return {
    requests: events.length,
    errors: events.filter(isError).length,
    clients: new Set(events.flatMap((event) => event.sourceIp ?? [])).size,
    latency: {
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      p99: quantile(latencies, 0.99),
    },
    bucketMillis,
    buckets: bucketsOf(events, bucketMillis),
    endpoints: endpointsOf(events),
  };
}

function matches(event: StoredEvent, filter: EventFilter): boolean {
  const time = eventTime(event);
  if (filter.since !== undefined && time < filter.since) return false;
  if (filter.until !== undefined && time >= filter.until) return false;
  return filter.clientId === undefined || event.clientId === filter.clientId;
}

function newestFirst(a: StoredEvent, b: StoredEvent): number {
  return eventTime(b) - eventTime(a) || b.id - a.id;
}

function isBelow(event: StoredEvent, time: number, id: number): boolean {
  const own = eventTime(event);
  return own < time || (own === time && event.id < id);
}

function isError(event: StoredEvent): boolean {
  return event.outcome === null ? (event.statusCode ?? 0) >= 500 : event.outcome === 'error';
}

function latenciesOf(events: readonly StoredEvent[]): readonly number[] {
  return events.flatMap((event) => event.latencyMs ?? []).sort((a, b) => a - b);
}

/** Linear interpolation between the two nearest ranks, as DuckDB's `quantile_cont`. */
function quantile(sorted: readonly number[], q: number): number | null {
  const place = (sorted.length - 1) * q;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  if (low === undefined || high === undefined) return null;
  return low + (high - low) * (place - Math.floor(place));
}

function spanOf(events: readonly StoredEvent[], query: SummaryQuery): number {
  const times = events.map(eventTime);
  const first = times.reduce((a, b) => Math.min(a, b), Infinity);
  const last = times.reduce((a, b) => Math.max(a, b), -Infinity);
  return Math.max(0, (query.until ?? last) - (query.since ?? first));
}

function bucketsOf(events: readonly StoredEvent[], width: number): readonly SummaryBucket[] {
  return [...groupBy(events, (event) => Math.floor(eventTime(event) / width) * width)]
    .map(([start, group]) => ({ start, requests: group.length, errors: group.filter(isError).length }))
    .sort((a, b) => a.start - b.start);
}

function endpointsOf(events: readonly StoredEvent[]): readonly SummaryEndpoint[] {
  return [...groupBy(events, (event) => JSON.stringify([event.method, event.route ?? event.endpoint]))]
    .map(([, group]) => endpointOf(group))
    .sort((a, b) => b.requests - a.requests || compare(a.endpoint, b.endpoint) || compare(a.method, b.method))
    .slice(0, MAX_SUMMARY_ENDPOINTS);
}

function endpointOf(group: readonly StoredEvent[]): SummaryEndpoint {
  const [first] = group;
  return {
    method: first?.method ?? '',
    endpoint: first?.route ?? first?.endpoint ?? '',
    requests: group.length,
    errors: group.filter(isError).length,
    p95: quantile(latenciesOf(group), 0.95),
  };
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
