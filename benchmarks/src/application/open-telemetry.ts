import { requirePeer } from '../harness/peers.ts';
import type { Framework } from './names.ts';

type Class = new (options?: object) => object;

/** What follows the spans of an application. */
export interface Flushable {
  forceFlush(): Promise<void>;
}

const NOOP_PROCESSOR = {
  onStart() {},
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/**
 * NodeSDK with the instrumentations of HTTP and the framework and a processor that does nothing, unless `change` puts something in
 * their place or beside them.
 */
export function startOpenTelemetry(framework: Framework, change: (configuration: object) => object): void {
  const { NodeSDK } = requirePeer<{ NodeSDK: Class }>('application', '@opentelemetry/sdk-node');
  const { HttpInstrumentation } = requirePeer<{ HttpInstrumentation: Class }>(
    'application',
    '@opentelemetry/instrumentation-http',
  );
  const configuration = {
    autoDetectResources: false,
    instrumentations: [new HttpInstrumentation(), ...frameworkInstrumentation(framework)],
    spanProcessors: [NOOP_PROCESSOR],
  };
  (new NodeSDK(change(configuration)) as { start(): void }).start();
}

/** NodeSDK with nothing but what `configuration` has. */
export function startSdk(configuration: object): void {
  const { NodeSDK } = requirePeer<{ NodeSDK: Class }>('application', '@opentelemetry/sdk-node');
  (new NodeSDK({ autoDetectResources: false, ...configuration }) as { start(): void }).start();
}

/** BatchSpanProcessor and OTLP http/protobuf, as they are by default. */
export function otlpProcessor(base: string): Flushable {
  const { OTLPTraceExporter } = requirePeer<{ OTLPTraceExporter: Class }>(
    'application',
    '@opentelemetry/exporter-trace-otlp-proto',
  );
  const { tracing } = requirePeer<{
    tracing: { BatchSpanProcessor: new (exporter: object) => Flushable };
  }>('application', '@opentelemetry/sdk-node');
  return new tracing.BatchSpanProcessor(new OTLPTraceExporter({ url: `${base}/v1/traces` }));
}

function frameworkInstrumentation(framework: Framework): object[] {
  if (framework === 'node:http') return [];
  if (framework === 'Express') {
    const { ExpressInstrumentation } = requirePeer<{ ExpressInstrumentation: Class }>(
      'application',
      '@opentelemetry/instrumentation-express',
    );
    return [new ExpressInstrumentation()];
  }
  const { FastifyOtelInstrumentation } = requirePeer<{ FastifyOtelInstrumentation: Class }>(
    'application',
    '@fastify/otel',
  );
  return [new FastifyOtelInstrumentation({ registerOnInitialization: true })];
}
