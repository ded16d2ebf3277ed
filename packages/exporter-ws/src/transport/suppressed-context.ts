import { context, createContextKey, ROOT_CONTEXT, type Context } from '@opentelemetry/api';

/**
 * The key under which `@opentelemetry/core` keeps the suppression of tracing. Context keys are `Symbol.for`,
 * so this is the same key in every copy and version of core, without a dependency on it.
 */
const SUPPRESS_TRACING: symbol = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Made once: it is entered for every event. */
const SUPPRESSED = suppressTracing(ROOT_CONTEXT);

/** The context in which nothing makes a span. */
export function suppressTracing(from: Context): Context {
  return from.setValue(SUPPRESS_TRACING, true);
}

/** Whether no span is to be made in a context. */
export function isTracingSuppressed(within: Context): boolean {
  return within.getValue(SUPPRESS_TRACING) === true;
}

/** Runs `work` where no instrumentation makes a span, and outside of any request that happens to be active. */
export function withoutTracing<T>(work: () => T): T {
  return context.with(SUPPRESSED, work);
}
