import { apiGlobal } from '@cerberus-otel/exporter-ws/environment';
import type { SamplerLike, SpanProcessorLike } from './sdk-types.ts';

/** What is inside of a tracer provider of SDK 2 or SDK 3, none of it public, as far as joining it takes. */
export interface InsideOfProvider {
  readonly processors: { _spanProcessors: readonly SpanProcessorLike[] };
  /** What each new tracer gets its sampler from. */
  readonly options: { sampler: SamplerLike };
  /** Those that were made already have a reference of their own. */
  readonly tracers: ReadonlyMap<string, { _sampler: SamplerLike }>;
}

/** Marks span processors of this package, of whichever copy, that hand requests over. */
export const COUNTS: unique symbol = Symbol.for('@cerberus-otel/counts.v1');

/** Whether requests whose spans a provider makes are counted by a span processor of this package, added by whomever. */
export function isCounted(provider: object): boolean {
  const reached = insideOf(provider)?.processors._spanProcessors ?? [];
  return reached.some((each) => COUNTS in ('inner' in each ? (each.inner as object) : each));
}

/** Whether the provider of this package stands where an SDK would, of whichever copy. */
export function standsAlone(): boolean {
  const provider = providerInPlace();
  return provider !== undefined && 'isCerberusAlone' in provider;
}

/**
 * The tracer provider that somebody has registered with the API, whichever copy of it they used; undefined when nobody
 * has.
 */
export function providerInPlace(): object | undefined {
  const api = apiGlobal();
  const registered = api !== undefined && 'trace' in api ? api.trace : undefined;
  if (typeof registered !== 'object' || registered === null) return undefined;
  return readable(() => delegateOf(registered)) ?? registered;
}

function delegateOf(registered: object): object | undefined {
  if (!('getDelegate' in registered) || typeof registered.getDelegate !== 'function') return undefined;
  const delegate: unknown = registered.getDelegate();
  return typeof delegate === 'object' && delegate !== null ? delegate : undefined;
}

/** All of a provider is foreign, and it is looked at while Node announces a client, where what is thrown ends the process. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** @returns undefined for a provider that is not one of OpenTelemetry's SDK 2 or 3, or is not as these are known to be inside */
export function insideOf(provider: object): InsideOfProvider | undefined {
  return readable(() => partsOf(provider));
}

function partsOf(provider: object): InsideOfProvider | undefined {
  const {
    _activeSpanProcessor: processors,
    _tracerOptions: since29,
    _config: before29,
    _tracers: tracers,
  } = provider as Readonly<Record<string, unknown>>;
  const inside = { processors, options: since29 ?? before29, tracers } as Partial<InsideOfProvider>;
  const isKnown =
    Array.isArray(inside.processors?._spanProcessors) &&
    inside.tracers instanceof Map &&
    typeof inside.options?.sampler.shouldSample === 'function';
  return isKnown ? (inside as InsideOfProvider) : undefined;
}

/** Whether spans of a provider reach this processor, and no other. */
export function feedsOnly(provider: object, processor: SpanProcessorLike): boolean {
  const reached = insideOf(provider)?.processors._spanProcessors ?? [];
  return reached.length === 1 && reached[0] === processor;
}

/** Whether spans of a provider reach a processor, itself or through one around it. */
export function feeds(provider: object, processor: SpanProcessorLike): boolean {
  const reached = insideOf(provider)?.processors._spanProcessors ?? [];
  return reached.some((each) => each === processor || ('inner' in each && each.inner === processor));
}

/** Whether another processor of this package counts what the process serves, and this one gets no spans of it. */
export function isRelieved(processor: SpanProcessorLike): boolean {
  const provider = providerInPlace();
  return provider !== undefined && isCounted(provider) && !feeds(provider, processor);
}
