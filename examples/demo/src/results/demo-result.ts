import { DemoError } from '../demo-error.ts';
import type { ShopCounts } from '../shop/messages.ts';
import { EndpointFigures, type EndpointRow } from './endpoint-figures.ts';
import { StoredRequests, type Comparison } from './exactly-once.ts';
import { MetricFigures, type MetricRow } from './metric-figures.ts';
import type { StoredEvent, Summary } from './read-api.ts';

/** All that the demo has found out; `--json` prints it as it is. */
export interface DemoResult extends Comparison {
  /** Distinct pseudonymous addresses that are stored. */
  readonly clients: number;
  /** Distinct addresses that the shop saw. */
  readonly addresses: number;
  /** Requests whose callers asked not to be traced. */
  readonly unsampled: number;
  /** Requests that instrumentation-http measured, its own count. */
  readonly durations_recorded: number;
  readonly outcomes: { readonly completed: number; readonly aborted: number; readonly error: number };
  readonly latency_ms: Summary['latency_ms'];
  readonly endpoints: readonly EndpointRow[];
  readonly metrics: readonly MetricRow[];
}

/** Where the stored events are read from. */
export interface EventSource {
  summary(): Promise<Summary>;
  events(): AsyncIterable<StoredEvent>;
}

/**
 * Compares what the shop counted with what the server has stored.
 *
 * @throws DemoError when the server's answers contradict each other
 */
export async function compareWithStore(shop: ShopCounts, source: EventSource): Promise<DemoResult> {
  const stored = new StoredRequests();
  const endpoints = new EndpointFigures();
  const metrics = new MetricFigures();
  const outcomes = { completed: 0, aborted: 0, error: 0 };
  for await (const event of source.events()) {
    stored.add(event);
    endpoints.add(event);
    metrics.add(event.custom_data);
    if (event.outcome !== undefined && Object.hasOwn(outcomes, event.outcome)) {
      outcomes[event.outcome as keyof typeof outcomes] += 1;
    }
  }
  const summary = await source.summary();
  if (summary.requests !== stored.rows) {
    throw new DemoError(`the server lists ${stored.rows} events but counts ${summary.requests}`);
  }
  return {
    ...stored.compare(shop.byTarget),
    clients: summary.clients,
    addresses: shop.addresses,
    unsampled: shop.unsampled,
    durations_recorded: shop.durationsRecorded,
    outcomes,
    latency_ms: summary.latency_ms,
    endpoints: endpoints.rows(),
    metrics: metrics.rows(),
  };
}
