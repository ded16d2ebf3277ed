import { endpointName, eventTime, type StoredEvent } from '../../event/event.ts';
import { isBucket } from '../../event/path-group.ts';
import { SPARKLINE_PARTS } from '../questions/analytics.ts';
import type { EndpointKey, TimeRange } from '../questions/analytics-filter.ts';
import type { Percentiles } from '../questions/event-query.ts';

/** Distinct addresses, without those that are not known. */
export function addressesOf(events: readonly StoredEvent[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => event.sourceIp ?? []));
}

/** The endpoint of a group whose events have the same one. */
export function endpointOf(group: readonly StoredEvent[]): EndpointKey {
  const [first] = group;
  return { method: first?.method ?? '', endpoint: first === undefined ? '' : endpointName(first) };
}

/** What makes an event part of a row of lists of endpoints. */
export function listedAs(event: StoredEvent): EndpointKey & { readonly clientId: string } {
  const endpoint = endpointName(event);
  return { clientId: event.clientId, method: isBucket(endpoint) ? '' : event.method, endpoint };
}

/** How many of some events began in each part of a range. */
export function sparklineOf(events: readonly StoredEvent[], { since, until }: TimeRange): readonly number[] {
  const sparkline = Array.from({ length: SPARKLINE_PARTS }, () => 0);
  for (const event of events) {
    const part = Math.floor(((eventTime(event) - since) * SPARKLINE_PARTS) / (until - since));
    sparkline[part] = (sparkline[part] ?? 0) + 1;
  }
  return sparkline;
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
