import { createRequire } from 'node:module';
import { context, ProxyTracerProvider, propagation, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import type { Sampler, SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type Express from 'express';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const require = createRequire(import.meta.url);
// Enabled only while a test traces: other tests of this process are not to be traced twice, or at all.
const instrumentations = [
  new HttpInstrumentation({ enabled: false }),
  new ExpressInstrumentation({ enabled: false }),
];
for (const instrumentation of instrumentations) instrumentation.enable();

// Patched in place when it is required, whoever imported it before.
void require('node:http');
const express = require('express') as typeof Express;
for (const instrumentation of instrumentations) instrumentation.disable();

/** Express with its instrumentation. */
export { express };

export interface TracingOptions {
  readonly processors: SpanProcessor[];
  readonly sampler?: Sampler;
  readonly spanLimits?: SpanLimits;
}

export interface Tracing {
  readonly tracer: Tracer;
  stop(): Promise<void>;
}

/** Real tracing of this process's HTTP servers, until it is stopped, or the test is over. */
export function startTracing(options: TracingOptions): Tracing {
  const { processors, sampler, spanLimits } = options;
  const provider = new BasicTracerProvider({
    spanProcessors: processors,
    ...(sampler && { sampler }),
    ...(spanLimits && { spanLimits }),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  for (const instrumentation of instrumentations) {
    instrumentation.setTracerProvider(provider);
    instrumentation.enable();
  }
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    if (stopped !== undefined) return stopped;
    for (const instrumentation of instrumentations) {
      instrumentation.disable();
      instrumentation.setTracerProvider(new ProxyTracerProvider());
    }
    context.disable();
    propagation.disable();
    stopped = provider.shutdown();
    return stopped;
  };
  afterTest(stop);
  return { tracer: provider.getTracer('test'), stop };
}
