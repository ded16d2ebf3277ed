import { eventTime, type StoredEvent } from '../../event/event.ts';

/** In what order events are read. */
export const EVENT_ORDERS = ['newest', 'oldest', 'slowest', 'largest'] as const;

/** In what order events are read; those without what they are ordered by are left out. */
export type EventOrder = (typeof EVENT_ORDERS)[number];

/** A place in an order. */
export interface EventPosition {
  /** What the order is by: milliseconds since the epoch, milliseconds of latency, or bytes. */
  readonly value: number;
  readonly id: number;
}

/** What an order is by. `null`: the event is not in it. The size is that of both bodies together. */
export function orderValue(event: StoredEvent, order: EventOrder): number | null {
  if (order === 'slowest') return event.latencyMs;
  if (order !== 'largest') return eventTime(event);
  const { requestBodySize, responseBodySize } = event;
  if (requestBodySize === null && responseBodySize === null) return null;
  return (requestBodySize ?? 0) + (responseBodySize ?? 0);
}

/** Whether it is the order in which events happened, forwards or backwards. */
export function isByTime(order: EventOrder): boolean {
  return order === 'newest' || order === 'oldest';
}

/** Whether the least comes first. Of equal values, the lowest id does then, else the highest. */
export function isAscending(order: EventOrder): boolean {
  return order === 'oldest';
}

/** SQL for the size of an event, as {@link orderValue} has it. */
export const SIZE_SQL: string = `CASE WHEN request_body_size IS NOT NULL OR response_body_size IS NOT NULL
  THEN coalesce(request_body_size, 0) + coalesce(response_body_size, 0) END`;
