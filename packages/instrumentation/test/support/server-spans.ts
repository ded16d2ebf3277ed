import { context, propagation } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { HttpServerInstrumentation, type HttpServerInstrumentationConfig } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** Traces this process's HTTP servers with HttpServerInstrumentation, until the test is over. */
export function traceServers(
  processors: SpanProcessor[],
  config?: HttpServerInstrumentationConfig,
): HttpServerInstrumentation {
  const provider = new BasicTracerProvider({ spanProcessors: processors });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const instrumentation = new HttpServerInstrumentation(config);
  instrumentation.setTracerProvider(provider);
  afterTest(async () => {
    instrumentation.disable();
    context.disable();
    propagation.disable();
    await provider.shutdown();
  });
  return instrumentation;
}
