import { apiGlobal } from '@cerberus-otel/exporter-ws/internal';
import type { SamplerLike, SpanProcessorLike } from './sdk-types.ts';

/** The members of a tracer provider of SDK 2 and SDK 3 that joining it takes; none of them is public. */
export interface JoinableProvider {
  readonly _activeSpanProcessor: { _spanProcessors: readonly SpanProcessorLike[] };
  /** From SDK 2.9 on; `_config` before. */
  readonly _tracerOptions?: { sampler: SamplerLike };
  readonly _config?: { sampler: SamplerLike };
  /** Those that were made already have a reference of their own. */
  readonly _tracers: ReadonlyMap<string, { _sampler: SamplerLike }>;
}

/**
 * The tracer provider that somebody has registered with the API, whichever copy of it they used; undefined when nobody
 * has.
 */
export function providerInPlace(): object | undefined {
  const api = apiGlobal();
  const registered = api !== undefined && 'trace' in api ? api.trace : undefined;
  if (typeof registered !== 'object' || registered === null) return undefined;
  if (!('getDelegate' in registered) || typeof registered.getDelegate !== 'function') return registered;
  const delegate: unknown = registered.getDelegate();
  return typeof delegate === 'object' && delegate !== null ? delegate : registered;
}

/** Whether a provider is one of OpenTelemetry's SDK 2 or 3, inside as these are known to be. */
export function isJoinable(provider: object): provider is JoinableProvider {
  const { _activeSpanProcessor: active, _tracers: tracers } = provider as Partial<JoinableProvider>;
  return (
    Array.isArray(active?._spanProcessors) &&
    tracers instanceof Map &&
    typeof optionsOf(provider as JoinableProvider)?.sampler.shouldSample === 'function'
  );
}

/** What each new tracer of the provider gets its sampler from. */
export function optionsOf(provider: JoinableProvider): { sampler: SamplerLike } | undefined {
  return provider._tracerOptions ?? provider._config;
}

/** Whether spans of a provider reach a processor, itself or through one around it. */
export function feeds(provider: object, processor: SpanProcessorLike): boolean {
  if (!isJoinable(provider)) return false;
  const { _spanProcessors: processors } = provider._activeSpanProcessor;
  return processors.some((each) => each === processor || ('inner' in each && each.inner === processor));
}
