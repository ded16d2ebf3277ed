import { context, propagation, trace } from '@opentelemetry/api';
import type { Announcement } from '../capture/announcements.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { OwnContextManager } from './context-manager.ts';
import { nameCallers } from './outgoing-requests.ts';
import { captureRequests } from './request-capture.ts';
import { TraceContextPropagator } from './trace-context.ts';
import { OwnTracerProvider } from './tracer-provider.ts';

/**
 * Takes the place of an SDK, where there is none: every request has a SERVER span and a context, and spans of libraries are made,
 * all for one processor and nobody else.
 *
 * @param first what Node is saying at this moment, if anything
 * @returns what leaves the place again; requests under way still get their spans
 */
export function standAlone(processor: SpanProcessorLike, first?: Announcement): () => void {
  trace.setGlobalTracerProvider(new OwnTracerProvider(processor));
  context.setGlobalContextManager(new OwnContextManager());
  propagation.setGlobalPropagator(new TraceContextPropagator());
  const stopCapturing = captureRequests(processor, first);
  const stopNaming = nameCallers();
  return () => {
    stopCapturing();
    stopNaming();
    trace.disable();
    context.disable();
    propagation.disable();
  };
}
