import { eventTime } from '../event/event.ts';
import { eventToJson } from '../event/json.ts';
import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import type { Summary } from '../store/event-query.ts';
import type { EventReader } from '../store/store.ts';
import { formatCursor } from './cursor.ts';
import { parseEventQuery, parseSummaryQuery } from './query/event-questions.ts';
import { latencyToJson, roundedMillis } from './rounding.ts';

/** Most buckets in one answer. */
const MAX_BUCKETS = 10_000;

/** `GET /api/events`: a page of events, newest first. */
export async function eventsReply(reader: EventReader, params: URLSearchParams): Promise<Reply> {
  const parsed = parseEventQuery(params);
  if (!parsed.ok) return failure(400, parsed.error);
  const { limit } = parsed.query;
  // One more than asked for tells whether there is a next page.
  const found = await reader.events({ ...parsed.query, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next =
    found.length > limit && last !== undefined ? formatCursor({ time: eventTime(last), id: last.id }) : null;
  return { status: 200, body: { events: page.map(eventToJson), next } };
}

/** `GET /api/summary`: figures over a time range. */
export async function summaryReply(reader: EventReader, params: URLSearchParams): Promise<Reply> {
  const parsed = parseSummaryQuery(params);
  if (!parsed.ok) return failure(400, parsed.error);
  const summary = await reader.summary(parsed.query);
  if (summary.buckets.length > MAX_BUCKETS) {
    return failure(400, `\`bucket\` is too narrow for the range: more than ${MAX_BUCKETS} buckets`);
  }
  return { status: 200, body: summaryToJson(summary) };
}

function summaryToJson(summary: Summary): unknown {
  return {
    requests: summary.requests,
    errors: summary.errors,
    clients: summary.clients,
    latency_ms: latencyToJson(summary.latency),
    buckets: summary.buckets.map((bucket) => ({ ...bucket, start: formatTime(bucket.start) })),
    endpoints: summary.endpoints.map((endpoint) => ({ ...endpoint, p95: roundedMillis(endpoint.p95) })),
  };
}
