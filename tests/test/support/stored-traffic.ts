import type { CerberusServer } from '@cerberus-otel/server';
import { createHash } from 'node:crypto';

/** An event as a gateway sends it. */
export type SentEvent = Readonly<Record<string, unknown>>;

/** Stores events through the server's own door. */
export async function store(server: CerberusServer, ...events: readonly SentEvent[]): Promise<void> {
  const response = await fetch(`${server.url}/v1/ingest/batch`, {
    method: 'POST',
    headers: { 'x-api-key': server.token },
    body: JSON.stringify({
      events: events.map((event) => ({
        client_id: 'shop',
        method: 'GET',
        status_code: 200,
        outcome: 'completed',
        ...event,
      })),
    }),
  });
  const { accepted } = (await response.json()) as { accepted: number };
  if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} events were stored`);
}

/** A pseudonym as the exporter makes them. */
function pseudonym(client: number): string {
  return createHash('sha256').update(String(client)).digest('hex');
}

/**
 * A shop's last ten minutes, the same each time: 60 requests of 12 clients to three endpoints, 6 errors, and metrics of
 * each type.
 */
export function shopTraffic(now: number): readonly SentEvent[] {
  return Array.from({ length: 60 }, (_, index) => {
    const isError = index % 10 === 0;
    return {
      ...endpointOf(index),
      timestamp: new Date(now - 5000 - index * 10_000).toISOString(),
      status_code: isError ? 500 : 200,
      outcome: isError ? 'error' : 'completed',
      latency_ms: 10 + index,
      source_ip: pseudonym(index % 12),
      trace_id: pseudonym(index).slice(0, 32),
      span_id: pseudonym(index).slice(0, 16),
    };
  });
}

function endpointOf(index: number): SentEvent {
  if (index % 6 === 1) {
    const custom_data = { amount: index, currency: index % 4 === 1 ? 'EUR' : 'USD' };
    return { method: 'POST', endpoint: '/checkout', route: '/checkout', custom_data };
  }
  if (index % 3 === 0)
    return {
      endpoint: '/search',
      route: '/search',
      custom_data: { results: index, cached: index % 2 === 0 },
    };
  return { endpoint: `/products/${index}`, route: '/products/:id', custom_data: { tags: ['a'] } };
}

/**
 * A shop's last three hours: release 1.4.1, and for the last hour 1.4.2, in which checkouts of one consumer, Globex, fail with a
 * TypeError. Of three consumers, two are in the group pro; one has no label, and asked for nothing before the release.
 */
export function releasedTraffic(now: number): readonly SentEvent[] {
  const RELEASED = 60;
  return Array.from({ length: 240 }, (_, index) => {
    const minutes = index < 120 ? index / 2 : index - 60;
    const isNew = minutes < RELEASED;
    const consumer = CONSUMERS[index % 3 === 2 && !isNew ? 1 : index % 3];
    const isCheckout = index % 5 === 0;
    const isBroken = isNew && isCheckout && consumer?.consumer_label === 'Globex';
    return {
      ...(isCheckout
        ? { method: 'POST', endpoint: '/checkout' }
        : { endpoint: `/products/${index}`, route: '/products/:id' }),
      ...consumer,
      ...(isBroken && { status_code: 500, outcome: 'error', error_type: 'TypeError' }),
      ...(!isNew && index % 40 === 0 && { status_code: 503, outcome: 'error', error_type: 'TimeoutError' }),
      timestamp: new Date(now - 5000 - minutes * 60_000).toISOString(),
      latency_ms: 10 + (index % 50) + (isNew ? 20 : 0),
      source_ip: pseudonym(index % 12),
      service_version: isNew ? '1.4.2' : '1.4.1',
      deployment_environment: 'production',
    };
  }).toReversed();
}

const CONSUMERS: readonly SentEvent[] = [
  { consumer: pseudonym(101), consumer_group: 'pro', consumer_label: 'Acme' },
  { consumer: pseudonym(102), consumer_group: 'pro', consumer_label: 'Globex' },
  { consumer: pseudonym(103) },
];
