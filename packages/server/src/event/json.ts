import type { StoredEvent } from './event.ts';
import { formatTime } from './timestamps.ts';

/**
 * An event as the read API shows it: its id here, and the members it came with, in the protocol's order. A member without a value is
 * left out, and a `path_group` that is the path; but `source_ip` is then null and `custom_data` empty. There is no credential to leave out: none is stored.
 */
export function eventToJson(event: StoredEvent): Readonly<Record<string, unknown>> {
  return {
    id: event.id,
    client_id: event.clientId,
    received_at: formatTime(event.receivedAt),
    source_ip: event.sourceIp,
    endpoint: event.endpoint,
    scheme: event.scheme ?? undefined,
    method: event.method,
    custom_data: JSON.parse(event.customData) as unknown,
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
    path_group: event.pathGroup === event.endpoint ? undefined : (event.pathGroup ?? undefined),
  };
}
