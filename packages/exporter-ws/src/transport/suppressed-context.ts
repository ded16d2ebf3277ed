import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * The key under which `@opentelemetry/core` keeps the suppression of tracing. Context keys are `Symbol.for`,
 * so this is the same key in every copy and version of core, without a dependency on it.
 */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Made once: it is entered for every event. */
const SUPPRESSED = ROOT_CONTEXT.setValue(SUPPRESS_TRACING, true);

/** Runs `work` where no instrumentation makes a span, and outside of any request that happens to be active. */
export function withoutTracing<T>(work: () => T): T {
  return context.with(SUPPRESSED, work);
}
