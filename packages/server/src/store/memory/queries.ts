import { endpointName, eventTime, isError, type StoredEvent } from '../../event/event.ts';
import { chooseBucket } from '../figures/bucket-width.ts';
import {
  MAX_SUMMARY_BUCKETS,
  MAX_SUMMARY_ENDPOINTS,
  type EventQuery,
  type Summary,
  type SummaryBucket,
  type SummaryEndpoint,
  type SummaryQuery,
} from '../questions/event-query.ts';
import { isAscending, orderValue, type EventOrder, type EventPosition } from '../questions/event-order.ts';
import { groupBy } from '../../nested-maps.ts';
import { matcher } from '../filter/matcher.ts';
import { addressesOf, compare, endpointOf, percentilesOf } from './figures.ts';

/** Answers an {@link EventQuery} from an array of events. */
export function selectEvents(all: readonly StoredEvent[], query: EventQuery): readonly StoredEvent[] {
  const { after, order = 'newest', id, spanId } = query;
  return all
    .filter(matcher(query))
    .filter((event) => id === undefined || event.id === id)
    .filter((event) => spanId === undefined || event.spanId === spanId)
    .flatMap((event) => {
      const value = orderValue(event, order);
      return value === null ? [] : [{ event, value, id: event.id }];
    })
    .sort((a, b) => compared(a, b, order))
    .filter((place) => after === undefined || compared(place, after, order) > 0)
    .slice(0, query.limit)
    .map(({ event }) => event);
}

function compared(a: EventPosition, b: EventPosition, order: EventOrder): number {
  const difference = a.value - b.value || a.id - b.id;
  return isAscending(order) ? difference : -difference;
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

function spanOf(events: readonly StoredEvent[], query: SummaryQuery): number {
  const times = events.map(eventTime);
  const first = times.reduce((a, b) => Math.min(a, b), Infinity);
  const last = times.reduce((a, b) => Math.max(a, b), -Infinity);
  return Math.max(0, (query.until ?? last) - (query.since ?? first));
}

function bucketsOf(events: readonly StoredEvent[], width: number): readonly SummaryBucket[] {
  return [...groupBy(events, (event) => Math.floor(eventTime(event) / width) * width)]
    .map(([start, group]) => ({ start, requests: group.length, errors: group.filter(isError).length }))
    .sort((a, b) => a.start - b.start)
    .slice(0, MAX_SUMMARY_BUCKETS + 1);
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
