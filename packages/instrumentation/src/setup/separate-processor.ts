import type { Attributes, Context } from '@opentelemetry/api';
import { REQUEST, type RequestRecord, type RequestSpan } from '../capture/request-record.ts';
import { isServerSpan } from '../capture/request-root.ts';
import type { SdkSpan, SpanProcessorLike } from '../sdk/sdk-types.ts';

/** Where the view of a span is found again; never shown to anybody. */
const VIEW = Symbol('view of the span for Cerberus');

type Viewed = SdkSpan & RequestSpan & { [VIEW]?: View };
type View = SdkSpan & { attributes: Attributes };

/**
 * Our span processor in an SDK whose owner did not add it: what it writes stays on its own view of a SERVER span, so that
 * the exporters of that SDK send what they sent before.
 */
export class SeparateProcessor implements SpanProcessorLike {
  /** The processor that it stands for. */
  readonly inner: SpanProcessorLike;

  constructor(inner: SpanProcessorLike) {
    this.inner = inner;
  }

  onStart(span: SdkSpan, parentContext: Context): void {
    this.inner.onStart(isServerSpan(span) ? viewOf(span) : span, parentContext);
  }

  onEnding(span: SdkSpan): void {
    this.inner.onEnding?.(separated(span));
  }

  onEnd(span: SdkSpan): void {
    this.inner.onEnd(separated(span));
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

/** As the span is at any time, but for what is written to it. */
function viewOf(span: Viewed): View {
  const view = Object.create(span, {
    // The record of a request is found through the span that is in the context.
    [REQUEST]: {
      get: () => span[REQUEST],
      set(record: RequestRecord | undefined) {
        span[REQUEST] = record;
      },
    },
  }) as View;
  Object.defineProperty(span, VIEW, { value: view, configurable: true });
  return view;
}

/** The view of a span that ends, with attributes of its own from now on. */
function separated(span: Viewed): SdkSpan {
  const view = span[VIEW];
  if (view === undefined) return span;
  if (!Object.hasOwn(view, 'attributes')) {
    Object.defineProperty(view, 'attributes', { value: { ...span.attributes }, enumerable: true });
  }
  return view;
}
