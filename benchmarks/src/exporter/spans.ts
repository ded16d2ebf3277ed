import { createHash } from 'node:crypto';
import type { FinishedSpan } from '../../../packages/exporter-ws/dist/esm/index.js';
import { createProvider, KIND, type SpanProcessor } from '../harness/otel.ts';
import { metricAttributes, requestFacts } from '../harness/requests.ts';

const METRICS = metricAttributes(3);

/** Keeps what ends. */
class Collector implements SpanProcessor {
  spans: FinishedSpan[] = [];
  onStart(): void {}
  onEnd(span: FinishedSpan): void {
    this.spans.push(span);
  }
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }
  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const collector = new Collector();
const tracer = createProvider(collector).getTracer('@opentelemetry/instrumentation-http');
let requests = 0;

/**
 * Real, finished SERVER spans with three custom metrics, each from an address of its own.
 *
 * @param enriched with what CerberusSpanProcessor writes, which no other exporter has to carry
 */
export function makeSpans(count: number, enriched: boolean): FinishedSpan[] {
  for (let made = 0; made < count; made += 1) {
    requests += 1;
    const { address, atStart, atEnd } = requestFacts(requests);
    const span = tracer.startSpan('GET', { kind: KIND.server, attributes: atStart });
    span.setAttributes(METRICS);
    span.setAttributes(atEnd);
    if (enriched) {
      span.setAttributes({
        'cerberus.outcome': 'completed',
        'cerberus.endpoint': String(atStart['url.path']),
        'cerberus.source_ip': createHash('sha256').update(address).digest('hex'),
        'cerberus.scheme': 'http',
      });
    }
    span.end();
  }
  const { spans } = collector;
  collector.spans = [];
  return spans;
}
