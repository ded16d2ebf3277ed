import { CerberusWsExporter } from '../../../packages/exporter-ws/dist/esm/index.js';
import { CerberusSpanProcessor } from '../../../packages/instrumentation/dist/esm/index.js';
import { batchProcessor, otlpExporter, type SpanProcessor } from '../harness/otel.ts';
import type { Pipeline } from './shapes.ts';

/** Does nothing: what is left is the SDK's own cost. */
class NoopProcessor implements SpanProcessor {
  onStart(): void {}
  onEnd(): void {}
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }
  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Spans come faster here than any application makes them; a pipeline that drops them would look cheap. */
const ROOM_FOR_SPANS = 1_000_000;

/** @param defaultLimits with the queues that an application gets, which may then overflow */
export function pipelineOf(name: Pipeline, port: number, defaultLimits: boolean): SpanProcessor {
  if (name === 'no-op') return new NoopProcessor();
  if (name === 'otlp-proto') return otlpPipeline(port, defaultLimits);
  const exporter = new CerberusWsExporter({
    wsUrl: `ws://127.0.0.1:${port}/ws/events`,
    token: 'sk-benchmark',
    clientId: 'benchmark',
    ...(defaultLimits ? {} : { maxQueueEvents: ROOM_FOR_SPANS, maxQueueBytes: 2 ** 30 }),
  });
  return new CerberusSpanProcessor({ exporter, secretKey: 'benchmark-key-of-thirty-two-bytes' });
}

function otlpPipeline(port: number, defaultLimits: boolean): SpanProcessor {
  if (defaultLimits) return batchProcessor(otlpExporter('otlp-proto', port), {});
  // A flush exports everything that waits at once.
  const exporter = otlpExporter('otlp-proto', port, { concurrencyLimit: ROOM_FOR_SPANS });
  return batchProcessor(exporter, { maxQueueSize: ROOM_FOR_SPANS });
}
