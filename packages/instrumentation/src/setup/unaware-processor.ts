import type { Context } from '@opentelemetry/api';
import { CERBERUS_ATTRIBUTE } from '@cerberus-otel/exporter-ws/internal';
import type { SdkSpan, SpanProcessorLike } from '../sdk/sdk-types.ts';

/**
 * Somebody else's span processor that sees only the spans that it would have seen without `CerberusSampler`.
 *
 * The SDK's own processors leave out what is not sampled, but not everybody's do: Sentry's would send a transaction
 * for each request that its sampler had decided against.
 */
export class UnawareProcessor implements SpanProcessorLike {
  readonly #other: SpanProcessorLike;

  constructor(other: SpanProcessorLike) {
    this.#other = other;
  }

  onStart(span: SdkSpan, parentContext: Context): void {
    if (!isOurs(span)) this.#other.onStart(span, parentContext);
  }

  onEnding(span: SdkSpan): void {
    if (!isOurs(span)) this.#other.onEnding?.(span);
  }

  onEnd(span: SdkSpan): void {
    if (!isOurs(span)) this.#other.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#other.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#other.shutdown();
  }
}

function isOurs(span: SdkSpan): boolean {
  return span.attributes[CERBERUS_ATTRIBUTE.recordedOnly] === true;
}
