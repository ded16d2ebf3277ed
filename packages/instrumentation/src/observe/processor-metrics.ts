import type { SelfMetric } from '@cerberus-otel/exporter-ws/internal';
import type { CerberusSpanProcessorStats } from './processor-stats.ts';

/**
 * `stats()` of a processor as metrics of the semantic conventions for OpenTelemetry SDKs. Its queue is what waits for
 * the secret key or for others, and the few that wait for their route.
 *
 * @param capacity how many requests may wait; `undefined` without an exporter: a request is then done when it is enriched
 */
export function processorMetrics(
  stats: () => CerberusSpanProcessorStats,
  capacity?: number,
): readonly SelfMetric[] {
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
      description: 'Requests that wait for the secret key, for others, or for their route',
      kind: 'upDownCounter',
      read: () => [[stats().waitingForKey]],
    },
    {
      name: 'otel.sdk.processor.span.queue.capacity',
      description: 'Requests that may wait for the secret key and for others at a time',
      kind: 'upDownCounter',
      read: () => [[capacity]],
    },
  ];
}
