import { DAY_MILLIS } from '../durations.ts';
import { eventTime, type StoredEvent } from '../event/event.ts';
import { eventToJson } from '../event/json.ts';
import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import { orderValue, type EventOrder, type EventPosition } from '../store/questions/event-order.ts';
import { MAX_SUMMARY_BUCKETS, type Summary } from '../store/questions/event-query.ts';
import type { EventReader } from '../store/store.ts';
import type { EVENT_PAGE, ONE_EVENT } from './answers/events.ts';
import type { SUMMARY } from './answers/figures.ts';
import type { Answer } from './answers/members.ts';
import { formatCursor } from './cursor.ts';
import { parseEventQuery, parseOneEventQuery, parseSummaryQuery } from './query/event-questions.ts';
import { latencyToJson, roundedMillis } from './rounding.ts';

/** Requests before and after one, at most so many of each. */
const NEIGHBOURS = 10;

/** `GET /api/events`: a page of events. */
export async function eventsReply(reader: EventReader, params: URLSearchParams): Promise<Reply> {
  const parsed = parseEventQuery(params);
  if (!parsed.ok) return failure(400, parsed.error);
  const { limit, order } = parsed.query;
  // One more than asked for tells whether there is a next page.
  const found = await reader.events({ ...parsed.query, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const next = last === undefined ? null : formatCursor({ order, ...positionOf(last, order) });
  const body: Answer<typeof EVENT_PAGE> = { events: page.map(eventToJson), next };
  return { status: 200, body };
}

/** `GET /api/events/detail`: one event, and what the same client asked of the same application before and after. */
export async function eventReply(reader: EventReader, params: URLSearchParams): Promise<Reply> {
  const parsed = parseOneEventQuery(params);
  if (!parsed.ok) return failure(400, parsed.error);
  const [event] = await reader.events(parsed.query);
  if (event === undefined) return failure(404, 'there is no such event, or no longer');
  const [before, after] = [
    await neighboursOf(event, reader, 'newest'),
    await neighboursOf(event, reader, 'oldest'),
  ];
  const body: Answer<typeof ONE_EVENT> = {
    event: eventToJson(event),
    before: before.toReversed().map(eventToJson),
    after: after.map(eventToJson),
  };
  return { status: 200, body };
}

/** Those next to an event in an order of time; none of a client that is not known. */
async function neighboursOf(
  event: StoredEvent,
  reader: EventReader,
  order: 'newest' | 'oldest',
): Promise<readonly StoredEvent[]> {
  const { clientId, sourceIp } = event;
  if (sourceIp === null) return [];
  const time = eventTime(event);
  const range =
    order === 'newest'
      ? { since: time - DAY_MILLIS, until: time + 1 }
      : { since: time, until: time + DAY_MILLIS };
  const after = positionOf(event, order);
  return reader.events({ ...range, clientId, client: sourceIp, order, after, limit: NEIGHBOURS });
}

function positionOf(event: StoredEvent, order: EventOrder): EventPosition {
  return { value: orderValue(event, order) ?? 0, id: event.id };
}

/** `GET /api/summary`: figures over a time range. */
export async function summaryReply(reader: EventReader, params: URLSearchParams): Promise<Reply> {
  const parsed = parseSummaryQuery(params);
  if (!parsed.ok) return failure(400, parsed.error);
  const summary = await reader.summary(parsed.query);
  if (summary.buckets.length > MAX_SUMMARY_BUCKETS) {
    return failure(400, `\`bucket\` is too narrow for the range: more than ${MAX_SUMMARY_BUCKETS} buckets`);
  }
  return { status: 200, body: summaryToJson(summary) };
}

function summaryToJson(summary: Summary): Answer<typeof SUMMARY> {
  return {
    requests: summary.requests,
    errors: summary.errors,
    clients: summary.clients,
    latency_ms: latencyToJson(summary.latency),
    buckets: summary.buckets.map((bucket) => ({ ...bucket, start: formatTime(bucket.start) })),
    endpoints: summary.endpoints.map((endpoint) => ({ ...endpoint, p95: roundedMillis(endpoint.p95) })),
  };
}
