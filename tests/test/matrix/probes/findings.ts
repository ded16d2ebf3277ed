// Compares what was stored with what was sent. Pure, so that each kind of difference has a test of its own.
import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { StoredEvent } from '../../support/reads.js';
import { CANARIES, type ExpectedEvent, type Probe } from './probe.js';

/** What is looked at; the columns of the table in docs/frameworks.md. */
export type Aspect = 'event' | 'route' | 'metrics' | 'outcome' | 'address';

/** One difference between what was sent and what was stored. */
export interface Finding {
  readonly aspect: Aspect;
  readonly probe: string;
  readonly message: string;
}

/** A probe and the trace id that it was sent with, if any. */
export interface SentProbe {
  readonly probe: Probe;
  readonly traceId: string | undefined;
}

export interface Secrets {
  readonly secretKey: string;
  readonly clientId: string;
  readonly scheme: boolean;
}

/** Every member that an event may have. */
const MEMBERS = new Set([
  'id',
  'client_id',
  'source_ip',
  'endpoint',
  'scheme',
  'method',
  'custom_data',
  'timestamp',
  'received_at',
  'status_code',
  'latency_ms',
  'route',
  'outcome',
  'trace_id',
  'span_id',
  'error_type',
  'request_body_size',
  'response_body_size',
  'network_protocol_version',
  'user_agent_synthetic_type',
  // What the server calls a request without a route: made of its path.
  'path_group',
]);

export function findings(
  sent: readonly SentProbe[],
  events: readonly StoredEvent[],
  secrets: Secrets,
): Finding[] {
  const known = new Set(sent.map(({ traceId }) => traceId));
  const found = sent.flatMap(({ probe, traceId }) => {
    const own = events.filter(({ trace_id: id }) =>
      traceId === undefined ? !known.has(String(id)) : id === traceId,
    );
    const [event] = own;
    if (event === undefined || own.length > 1) {
      return [finding('event', probe, `${own.length} events`)];
    }
    return compare(probe, event, secrets);
  });
  return [...found, ...leaks(events)];
}

function finding(aspect: Aspect, probe: Probe, message: string): Finding {
  return { aspect, probe: probe.name, message };
}

function compare(probe: Probe, event: StoredEvent, secrets: Secrets): Finding[] {
  const { expected } = probe;
  const differences: (Finding | undefined)[] = [
    different('event', probe, 'endpoint', event, expected.endpoint),
    different('event', probe, 'method', event, expected.method),
    different('event', probe, 'scheme', event, secrets.scheme),
    different('event', probe, 'client_id', event, secrets.clientId),
    expected.status === undefined
      ? undefined
      : different('event', probe, 'status_code', event, expected.status),
    different('route', probe, 'route', event, expected.route),
    different('outcome', probe, 'outcome', event, expected.outcome),
    different('address', probe, 'source_ip', event, pseudonym(expected.address, secrets.secretKey)),
    metricsDiffer(probe, event),
    latencyDiffers(probe, event),
  ];
  return differences.filter((each) => each !== undefined);
}

function different(
  aspect: Aspect,
  probe: Probe,
  member: string,
  event: StoredEvent,
  expected: unknown,
): Finding | undefined {
  // The server answers null for a member that an event came without.
  const value = event[member] ?? undefined;
  if (value === (expected ?? undefined)) return undefined;
  return finding(aspect, probe, `${member} is ${JSON.stringify(value)}, not ${JSON.stringify(expected)}`);
}

function pseudonym(address: ExpectedEvent['address'], key: string): string | null {
  return address === null ? null : createHmac('sha256', key).update(address).digest('hex');
}

function metricsDiffer(probe: Probe, event: StoredEvent): Finding | undefined {
  const { metrics, optionalMetrics = {} } = probe.expected;
  const stored = event['custom_data'] as Record<string, unknown>;
  const required = Object.fromEntries(
    Object.entries(stored).filter(([name]) => !Object.hasOwn(optionalMetrics, name)),
  );
  const fits = isDeepStrictEqual(required, metrics);
  return fits
    ? undefined
    : finding('metrics', probe, `${JSON.stringify(stored)}, not ${JSON.stringify(metrics)}`);
}

function latencyDiffers(probe: Probe, event: StoredEvent): Finding | undefined {
  const { latency = 0 } = probe.expected;
  const stored = event['latency_ms'];
  const fits = typeof stored === 'number' && stored >= latency;
  return fits
    ? undefined
    : finding('event', probe, `latency_ms is ${String(stored)}, not at least ${latency}`);
}

/** Members and texts that no event may have. */
function leaks(events: readonly StoredEvent[]): Finding[] {
  const text = JSON.stringify(events);
  const members = events.flatMap((event) =>
    Object.keys(event).filter((name) => !MEMBERS.has(name) && event[name] !== null),
  );
  return [...CANARIES.filter((canary) => text.includes(canary)), ...new Set(members)].map((what) => ({
    aspect: 'event',
    probe: 'all',
    message: `leaked ${what}`,
  }));
}
