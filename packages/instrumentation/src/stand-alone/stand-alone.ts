import { context, propagation, trace } from '@opentelemetry/api';
import { apiGlobal, createReporter } from '@cerberus-otel/exporter-ws/internal';
import type { Announcement } from '../capture/announcements.ts';
import { apiVersionInPlace, carriesContexts } from '../sdk/foreign-api.ts';
import { providerInPlace } from '../sdk/provider-in-place.ts';
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
 * @returns what leaves the place again, and takes nothing away that somebody else has put there; requests under way still get their spans
 */
export function standAlone(processor: SpanProcessorLike, first?: Announcement): () => void {
  const provider = new OwnTracerProvider(processor);
  const manager = new OwnContextManager();
  const propagator = new TraceContextPropagator();
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(manager);
  propagation.setGlobalPropagator(propagator);
  sayWhereRefused();
  const stopCapturing = captureRequests(processor, first);
  const stopNaming = nameCallers();
  return () => {
    stopCapturing();
    stopNaming();
    const registered: Readonly<Record<string, unknown>> = { ...apiGlobal() };
    if (providerInPlace() === provider) trace.disable();
    if (registered['context'] === manager) context.disable();
    if (registered['propagation'] === propagator) propagation.disable();
  };
}

/** The API takes nothing from a copy of it that has another version than the one with which something was registered first. */
function sayWhereRefused(): void {
  if (carriesContexts()) return;
  createReporter('@cerberus-otel/instrumentation').condition(
    'CERBERUS_RUNTIME',
    `something of @opentelemetry/api ${apiVersionInPlace()} is registered, which refuses what another version of it registers, such as ` +
      'the one that this package resolves: requests are counted, but setMetric, setUserId, setConsumer and metrics on spans do nothing. ' +
      '`npm ls @opentelemetry/api` shows both; make them one',
  );
}
