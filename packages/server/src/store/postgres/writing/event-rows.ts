import { eventTime, type StoredEvent } from '../../../event/event.ts';
import type { BinaryCopy } from '../engine/binary-copy.ts';
import { dayOf } from '../engine/days.ts';

/** In the order in which {@link copyEvent} writes them. */
export const EVENT_COLUMNS = `arrived, id, received_at, event_time, client_id, source_ip, endpoint, scheme, method, custom_data,
  "timestamp", status_code, latency_ms, route, outcome, user_id, user_agent, trace_id, span_id, session_id, sample_rate,
  error_type, request_body_size, response_body_size, network_protocol_version, user_agent_synthetic_type, service_version,
  deployment_environment, consumer, consumer_group, consumer_label, path_group`;

const COLUMN_COUNT = 32;

/** Adds the row of an event. */
export function copyEvent(copy: BinaryCopy, event: StoredEvent): void {
  copy.row(COLUMN_COUNT);
  copy.date(dayOf(event.receivedAt));
  copy.int8(event.id);
  copy.int8(event.receivedAt);
  copy.int8(eventTime(event));
  copy.text(event.clientId);
  hex(copy, event.sourceIp);
  copy.text(event.endpoint);
  if (event.scheme === null) copy.null();
  else copy.bool(event.scheme);
  copy.text(event.method);
  copy.text(event.customData);
  int8(copy, event.timestamp);
  if (event.statusCode === null) copy.null();
  else copy.int2(event.statusCode);
  float8(copy, event.latencyMs);
  text(copy, event.route);
  text(copy, event.outcome);
  text(copy, event.userId);
  text(copy, event.userAgent);
  hex(copy, event.traceId);
  hex(copy, event.spanId);
  text(copy, event.sessionId);
  float8(copy, event.sampleRate);
  text(copy, event.errorType);
  int8(copy, event.requestBodySize);
  int8(copy, event.responseBodySize);
  text(copy, event.protocolVersion);
  text(copy, event.syntheticType);
  text(copy, event.release);
  text(copy, event.environment);
  text(copy, event.consumer);
  text(copy, event.consumerGroup);
  text(copy, event.consumerLabel);
  text(copy, event.pathGroup);
}

function text(copy: BinaryCopy, value: string | null): void {
  if (value === null) copy.null();
  else copy.text(value);
}

function hex(copy: BinaryCopy, value: string | null): void {
  if (value === null) copy.null();
  else copy.hex(value);
}

function int8(copy: BinaryCopy, value: number | null): void {
  if (value === null) copy.null();
  else copy.int8(value);
}

function float8(copy: BinaryCopy, value: number | null): void {
  if (value === null) copy.null();
  else copy.float8(value);
}
