import type { Context } from '@opentelemetry/api';
import type { SdkSpan, SpanProcessorLike } from '../sdk/sdk-types.ts';

/**
 * Somebody else's span processor whose `shutdown` settles only after `own` has shut down, and then as it would have.
 *
 * `sdk.shutdown()` rejects as soon as one processor does (an OTLP endpoint that is down is enough), and the usual
 * `.finally(() => process.exit())` behind it would then cut off events that were still on their way.
 */
export class PatientProcessor implements SpanProcessorLike {
  readonly #other: SpanProcessorLike;
  readonly #own: SpanProcessorLike;

  constructor(other: SpanProcessorLike, own: SpanProcessorLike) {
    this.#other = other;
    this.#own = own;
  }

  onStart(span: SdkSpan, parentContext: Context): void {
    this.#other.onStart(span, parentContext);
  }

  onEnding(span: SdkSpan): void {
    this.#other.onEnding?.(span);
  }

  onEnd(span: SdkSpan): void {
    this.#other.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#other.forceFlush();
  }

  async shutdown(): Promise<void> {
    // Not every processor gives a promise, or gets as far as that.
    const other = (async () => this.#other.shutdown())();
    // Its rejection is handed on below; until then it must not count as unhandled.
    other.catch(() => undefined);
    await this.#own.shutdown();
    await other;
  }
}
