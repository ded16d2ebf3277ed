import type { Outcome, StoredEvent, SyntheticType } from '../../event/event.ts';
import { maybe, maybeText, number, text, type Row } from './values.ts';

/** Reads a row of events: columns have the names of the `events` table, instants are milliseconds. */
export function toStoredEvent(row: Row): StoredEvent {
  return {
    id: number(row['id']),
    receivedAt: number(row['received_at']),
    clientId: text(row['client_id']),
    sourceIp: maybeText(row['source_ip']),
    endpoint: text(row['endpoint']),
    scheme: typeof row['scheme'] === 'boolean' ? row['scheme'] : null,
    method: text(row['method']),
    customData: text(row['custom_data']),
    timestamp: maybe(row['timestamp']),
    statusCode: maybe(row['status_code']),
    latencyMs: maybe(row['latency_ms']),
    route: maybeText(row['route']),
    // Only validated values are ever written.
    outcome: maybeText(row['outcome']) as Outcome | null,
    userId: maybeText(row['user_id']),
    userAgent: maybeText(row['user_agent']),
    traceId: maybeText(row['trace_id']),
    spanId: maybeText(row['span_id']),
    sessionId: maybeText(row['session_id']),
    sampleRate: maybe(row['sample_rate']),
    errorType: maybeText(row['error_type']),
    requestBodySize: maybe(row['request_body_size']),
    responseBodySize: maybe(row['response_body_size']),
    protocolVersion: maybeText(row['network_protocol_version']),
    syntheticType: maybeText(row['user_agent_synthetic_type']) as SyntheticType | null,
    release: maybeText(row['service_version']),
    environment: maybeText(row['deployment_environment']),
    consumer: maybeText(row['consumer']),
    consumerGroup: maybeText(row['consumer_group']),
    consumerLabel: maybeText(row['consumer_label']),
    pathGroup: maybeText(row['path_group']),
  };
}
