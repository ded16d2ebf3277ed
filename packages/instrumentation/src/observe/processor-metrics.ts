import type { SelfMetric } from '@cerberus-otel/exporter-ws/internal';

/** What is read of a processor's `stats()`. */
export interface ProcessorCounts {
  readonly seen: number;
  readonly ignored: number;
  readonly handedOver: number;
  readonly refused: number;
  readonly waitingForKey: number;
}

/**
 * `stats()` of a processor as metrics of the semantic conventions for OpenTelemetry SDKs. Its queue is what waits for
 * the secret key.
 *
 * @param capacity how many requests may wait; `undefined` without an exporter: a request is then done when it is enriched
 */
export function processorMetrics(stats: () => ProcessorCounts, capacity?: number): readonly SelfMetric[] {
  const processed: SelfMetric = {
    name: 'otel.sdk.processor.span.processed',
    description: 'Requests that were enriched and handed on, and those that the exporter refused',
    kind: 'counter',
    read() {
      const { seen, ignored, handedOver, refused } = stats();
      const done = capacity !== undefined ? handedOver : seen - ignored;
      return refused > 0 ? [[done], [refused, 'refused']] : [[done]];
    },
  };
  if (capacity === undefined) return [processed];
  return [
    processed,
    {
      name: 'otel.sdk.processor.span.queue.size',
      description: 'Requests that wait for the secret key',
      kind: 'upDownCounter',
      read: () => [[stats().waitingForKey]],
    },
    {
      name: 'otel.sdk.processor.span.queue.capacity',
      description: 'Requests that may wait for the secret key at a time',
      kind: 'upDownCounter',
      read: () => [[capacity]],
    },
  ];
}
