import { endpointName, eventTime, isError, type StoredEvent } from '../../event/event.ts';
import { chooseBucket } from '../figures/bucket-width.ts';
import {
  MAX_SUMMARY_ENDPOINTS,
  type EventQuery,
  type Summary,
  type SummaryBucket,
  type SummaryEndpoint,
  type SummaryQuery,
} from '../event-query.ts';
import { groupBy } from '../../nested-maps.ts';
import { matcher } from '../filter/matcher.ts';
import { addressesOf, compare, endpointOf, percentilesOf } from './figures.ts';

/** Answers an {@link EventQuery} from an array of events. */
export function selectEvents(all: readonly StoredEvent[], query: EventQuery): readonly StoredEvent[] {
  const { after } = query;
  return all
    .filter(matcher(query))
    .sort(newestFirst)
    .filter((event) => after === undefined || isBelow(event, after.time, after.id))
    .slice(0, query.limit);
}

/** Answers a {@link SummaryQuery} from an array of events. */
export function summarise(all: readonly StoredEvent[], query: SummaryQuery): Summary {
  const events = all.filter(matcher(query));
  const bucketMillis = query.bucketMillis ?? chooseBucket(spanOf(events, query));
  return {
    requests: events.length,
    errors: events.filter(isError).length,
    clients: addressesOf(events).size,
    latency: percentilesOf(events),
    bucketMillis,
    buckets: bucketsOf(events, bucketMillis),
    endpoints: endpointsOf(events),
  };
}

function newestFirst(a: StoredEvent, b: StoredEvent): number {
  return eventTime(b) - eventTime(a) || b.id - a.id;
}

function isBelow(event: StoredEvent, time: number, id: number): boolean {
  const own = eventTime(event);
  return own < time || (own === time && event.id < id);
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
  return [...groupBy(events, (event) => JSON.stringify([event.method, endpointName(event)]))]
    .map(([, group]) => figuresOf(group))
    .sort((a, b) => b.requests - a.requests || compare(a.endpoint, b.endpoint) || compare(a.method, b.method))
    .slice(0, MAX_SUMMARY_ENDPOINTS);
}

function figuresOf(group: readonly StoredEvent[]): SummaryEndpoint {
  return {
    ...endpointOf(group),
    requests: group.length,
    errors: group.filter(isError).length,
    p95: percentilesOf(group).p95,
  };
}
