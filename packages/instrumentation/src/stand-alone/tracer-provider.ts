import {
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  SpanKind,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@cerberus-otel/exporter-ws/internal';
import { OwnSpan } from '../capture/own-span.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';

/** Makes the spans that libraries and the application ask for. Each is recorded, and seen by one processor. */
class OwnTracer implements Tracer {
  readonly #processor: SpanProcessorLike;

  constructor(processor: SpanProcessorLike) {
    this.#processor = processor;
  }

  startSpan(name: string, options?: SpanOptions | null, within: Context = context.active()): Span {
    if (isTracingSuppressed(within)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const { kind = SpanKind.INTERNAL, root = false, startTime, attributes } = options ?? {};
    const around = root ? trace.deleteSpan(within) : within;
    const span = new OwnSpan(this.#processor, {
      name,
      kind,
      attributes: {},
      startTime,
      parent: parentIn(around),
    });
    if (attributes !== undefined) span.setAttributes(attributes);
    this.#processor.onStart(span, around);
    return span;
  }

  startActiveSpan<Work extends (span: Span) => ReturnType<Work>>(
    name: string,
    ...rest: [Work] | [SpanOptions, Work] | [SpanOptions, Context, Work]
  ): ReturnType<Work> {
    const work = rest.at(-1) as Work | undefined;
    // As OpenTelemetry's API has it where there is no SDK: what works without Cerberus works with it.
    if (work === undefined) return undefined as ReturnType<Work>;
    const [options, within] = rest.slice(0, -1) as [SpanOptions?, Context?];
    const around = within ?? context.active();
    const span = this.startSpan(name, options, around);
    return context.with(trace.setSpan(around, span), work, undefined, span);
  }
}

/** What OpenTelemetry's API gives tracers from where there is no SDK. */
export class OwnTracerProvider implements TracerProvider {
  /** By this it is known, in either copy of this package. */
  readonly isCerberusAlone: boolean = true;
  readonly #tracer: Tracer;

  constructor(processor: SpanProcessorLike) {
    this.#tracer = new OwnTracer(processor);
  }

  /** The same for all: nothing is said of who made a span. */
  getTracer(): Tracer {
    return this.#tracer;
  }
}

function parentIn(within: Context): SpanContext | undefined {
  const parent = trace.getSpanContext(within);
  return parent !== undefined && isSpanContextValid(parent) ? parent : undefined;
}
