import { subscribe } from 'node:diagnostics_channel';
import { context, propagation, trace } from '@opentelemetry/api';
import { carryRoutes, FASTIFY_INITIALIZATION } from '../routes/fastify.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { OwnContextManager } from './context-manager.ts';
import { nameCallers } from './outgoing-requests.ts';
import { captureRequests } from './request-capture.ts';
import { TraceContextPropagator } from './trace-context.ts';
import { OwnTracerProvider } from './tracer-provider.ts';

/** To be called before the application is made: frameworks say then what is asked of them later. */
export function listenToFrameworks(): void {
  subscribe(FASTIFY_INITIALIZATION, carryRoutes);
}

/**
 * Takes the place of an SDK, where there is none: every request has a SERVER span and a context, and spans of libraries are made,
 * all for one processor and nobody else.
 */
export function standAlone(processor: SpanProcessorLike): void {
  trace.setGlobalTracerProvider(new OwnTracerProvider(processor));
  context.setGlobalContextManager(new OwnContextManager());
  propagation.setGlobalPropagator(new TraceContextPropagator());
  captureRequests(processor);
  nameCallers();
}
