import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { apiGlobal } from '@cerberus-otel/exporter-ws/internal';

const PROBE = createContextKey('@cerberus-otel/instrumentation probe');

/**
 * Whether the SDK was registered with a copy of `@opentelemetry/api` that our copy refuses to use: an older minor
 * version than its own. Everything is silently a no-op then.
 *
 * @returns that version; undefined when all is well, or nothing is registered
 */
export function foreignApi(): string | undefined {
  const registered = apiGlobal();
  if (registered === undefined || !('context' in registered)) return undefined;
  return carriesContexts() ? undefined : apiVersionInPlace();
}

/** Whether a context that our copy of the API enters is active within it. */
export function carriesContexts(): boolean {
  return context.with(ROOT_CONTEXT.setValue(PROBE, true), () => context.active().getValue(PROBE)) === true;
}

/** The version of the copy of the API with which something was registered first. */
export function apiVersionInPlace(): string {
  const registered = apiGlobal();
  return registered !== undefined && 'version' in registered
    ? String(registered.version).slice(0, 20)
    : 'of an unknown version';
}
