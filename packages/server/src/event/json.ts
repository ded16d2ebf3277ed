import * as v from 'valibot';

import { OUTCOMES, SYNTHETIC_TYPES, type StoredEvent } from './event.ts';
import { formatTime } from './timestamps.ts';

const text = v.optional(v.string());
const time = v.pipe(v.string(), v.isoTimestamp());
const bytes = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.description('Bytes.')));

/**
 * An event as the read API shows it: its id here, and the members it came with, in the protocol's order. A member without a value is
 * left out, and a `path_group` that is the path; but `source_ip` is then null and `custom_data` empty. There is no credential to leave out: none is stored.
 */
export const EVENT_JSON = v.pipe(
  v.object({
    id: v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.description("The server's own, and of no other event."),
    ),
    client_id: v.pipe(v.string(), v.description('The application.')),
    received_at: time,
    source_ip: v.pipe(
      v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
      v.description('The pseudonym of the client.'),
    ),
    endpoint: v.pipe(v.string(), v.description('The path, without a query.')),
    scheme: v.optional(v.pipe(v.boolean(), v.description('True: it came over HTTPS.'))),
    method: v.string(),
    custom_data: v.pipe(v.record(v.string(), v.unknown()), v.description("The application's metrics.")),
    timestamp: v.optional(v.pipe(time, v.description('When the request began.'))),
    status_code: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999))),
    latency_ms: v.optional(v.pipe(v.number(), v.minValue(0), v.description('Milliseconds.'))),
    route: text,
    outcome: v.optional(v.picklist(OUTCOMES)),
    user_id: text,
    user_agent: text,
    trace_id: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))),
    span_id: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/))),
    session_id: text,
    sample_rate: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    error_type: text,
    request_body_size: bytes,
    response_body_size: bytes,
    network_protocol_version: text,
    user_agent_synthetic_type: v.optional(v.picklist(SYNTHETIC_TYPES)),
    service_version: v.optional(v.pipe(v.string(), v.description('The release that served it.'))),
    deployment_environment: text,
    consumer: v.optional(v.pipe(v.string(), v.description('Pseudonym of whom it was served for.'))),
    consumer_group: text,
    consumer_label: text,
    path_group: v.optional(
      v.pipe(
        v.string(),
        v.description('Under what a request without a route is listed, if not under its path.'),
      ),
    ),
  }),
  v.description(
    'An event as it is stored. A member without a value is left out, but for `source_ip` and `custom_data`.',
  ),
);

/** What {@link EVENT_JSON} describes. */
export type EventJson = v.InferOutput<typeof EVENT_JSON>;

/** Writes an event. */
export function eventToJson(event: StoredEvent): EventJson {
  return {
    id: event.id,
    client_id: event.clientId,
    received_at: formatTime(event.receivedAt),
    source_ip: event.sourceIp,
    endpoint: event.endpoint,
    scheme: event.scheme ?? undefined,
    method: event.method,
    custom_data: JSON.parse(event.customData) as EventJson['custom_data'],
    timestamp: event.timestamp === null ? undefined : formatTime(event.timestamp),
    status_code: event.statusCode ?? undefined,
    latency_ms: event.latencyMs ?? undefined,
    route: event.route ?? undefined,
    outcome: event.outcome ?? undefined,
    user_id: event.userId ?? undefined,
    user_agent: event.userAgent ?? undefined,
    trace_id: event.traceId ?? undefined,
    span_id: event.spanId ?? undefined,
    session_id: event.sessionId ?? undefined,
    sample_rate: event.sampleRate ?? undefined,
    error_type: event.errorType ?? undefined,
    request_body_size: event.requestBodySize ?? undefined,
    response_body_size: event.responseBodySize ?? undefined,
    network_protocol_version: event.protocolVersion ?? undefined,
    user_agent_synthetic_type: event.syntheticType ?? undefined,
    service_version: event.release ?? undefined,
    deployment_environment: event.environment ?? undefined,
    consumer: event.consumer ?? undefined,
    consumer_group: event.consumerGroup ?? undefined,
    consumer_label: event.consumerLabel ?? undefined,
    path_group: event.pathGroup === event.endpoint ? undefined : (event.pathGroup ?? undefined),
  };
}
