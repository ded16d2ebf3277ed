import type { StoredEvent } from './answers/events.ts';
import { metricChange, type FilterChange } from './filter/filter.ts';
import { bytes, dateAndTime, duration } from './format.ts';
import { valueText } from './metric-text.ts';

/** Something that is known of a request. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Chooses the requests that have it, too. */
  readonly change?: FilterChange;
  /** Chooses the application. */
  readonly clientId?: string;
}

/** When it was made, or arrived; milliseconds since the epoch. */
export function eventTime({ timestamp, received_at: received }: StoredEvent): number {
  return Date.parse(timestamp ?? received);
}

/** The name under which its endpoint is listed. */
export function endpointOf({ route, path_group: group, endpoint }: StoredEvent): string {
  return route ?? group ?? endpoint;
}

/** Bytes of both bodies; `undefined` where neither is known. */
export function sizeOf(event: StoredEvent): number | undefined {
  const { request_body_size: request, response_body_size: response } = event;
  return request === undefined && response === undefined ? undefined : (request ?? 0) + (response ?? 0);
}

/** All that is known of a request but its metrics, in the order in which one asks. */
export function factsOf(event: StoredEvent): readonly Fact[] {
  const facts: readonly (Fact | undefined)[] = [
    { label: 'Time', value: dateAndTime(eventTime(event)) },
    { label: 'Received', value: dateAndTime(Date.parse(event.received_at)) },
    { label: 'Application', value: event.client_id, change: {}, clientId: event.client_id },
    { label: 'Method', value: event.method, change: { method: event.method } },
    known('Route', event.route, (endpoint) => ({ endpoint })),
    known('Path', event.endpoint || undefined, (path) => ({ path })),
    known('Listed as', event.path_group, (endpoint) => ({ endpoint })),
    known('Status', event.status_code?.toString(), (status) => ({ status })) ?? {
      label: 'Status',
      value: 'none',
      change: { status: 'none' },
    },
    known('Outcome', event.outcome, (outcome) => ({ outcome })),
    known('Error type', event.error_type, (type) => ({ error_type: type })),
    known('Latency', event.latency_ms === undefined ? undefined : duration(event.latency_ms)),
    known('Client', event.source_ip ?? undefined, (client) => ({ source_ip: client })),
    known('User', event.user_id, (user) => ({ user_id: user })),
    known('Consumer', event.consumer, (consumer) => ({ consumer })),
    known('Called', event.consumer_label),
    known('Group', event.consumer_group, (group) => ({ consumer_group: group })),
    known('Session', event.session_id, (session) => ({ session_id: session })),
    known('User agent', event.user_agent),
    known('Bot or test', event.user_agent_synthetic_type, (synthetic) => ({ synthetic })),
    known('Request body', event.request_body_size === undefined ? undefined : bytes(event.request_body_size)),
    known(
      'Response body',
      event.response_body_size === undefined ? undefined : bytes(event.response_body_size),
    ),
    known('Release', event.service_version, (release) => ({ release })),
    known('Environment', event.deployment_environment, (environment) => ({ environment })),
    known('Scheme', event.scheme === undefined ? undefined : event.scheme ? 'https' : 'http'),
    known('HTTP version', event.network_protocol_version),
  ];
  return facts.filter((fact) => fact !== undefined);
}

function known(
  label: string,
  value: string | undefined,
  change?: (value: string) => FilterChange,
): Fact | undefined {
  return value === undefined ? undefined : { label, value, ...(change && { change: change(value) }) };
}

/** A metric's value as text, and what chooses its like. */
export function metricFact(name: string, value: unknown): Fact {
  const change = metricChange(name, value);
  return { label: name, value: valueText(value), ...(change && { change }) };
}
