import { eventTime, type StoredEvent } from '../../event/event.ts';
import type { EndpointKey } from '../analytics.ts';
import type { EventFilter, Percentiles } from '../event-query.ts';

/** Whether an event matches what all questions can ask for. */
export function matches(event: StoredEvent, filter: EventFilter): boolean {
  const time = eventTime(event);
  if (filter.since !== undefined && time < filter.since) return false;
  if (filter.until !== undefined && time >= filter.until) return false;
  return filter.clientId === undefined || event.clientId === filter.clientId;
}

/** Whether an event counts as an error. */
export function isError(event: StoredEvent): boolean {
  return event.outcome === null ? (event.statusCode ?? 0) >= 500 : event.outcome === 'error';
}

/** Distinct addresses, without those that are not known. */
export function addressesOf(events: readonly StoredEvent[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => event.sourceIp ?? []));
}

/** The endpoint of a group whose events have the same one. */
export function endpointOf(group: readonly StoredEvent[]): EndpointKey {
  const [first] = group;
  return { method: first?.method ?? '', endpoint: first?.route ?? first?.endpoint ?? '' };
}

/** Percentiles over events that have a latency. */
export function percentilesOf(events: readonly StoredEvent[]): Percentiles {
  const sorted = events.flatMap((event) => event.latencyMs ?? []).sort((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}

/** Linear interpolation between the two nearest ranks, as DuckDB's `quantile_cont`. */
export function quantile(sorted: readonly number[], q: number): number | null {
  const place = (sorted.length - 1) * q;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  if (low === undefined || high === undefined) return null;
  return low + (high - low) * (place - Math.floor(place));
}

/** The order of texts. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
