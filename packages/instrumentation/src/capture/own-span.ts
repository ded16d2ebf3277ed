import {
  SpanStatusCode,
  TraceFlags,
  type Attributes,
  type AttributeValue,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  type TimeInput,
} from '@opentelemetry/api';
import type { SdkSpan, SpanProcessorLike } from '../sdk/sdk-types.ts';
import { setAttribute, setAttributes } from './span-attributes.ts';
import { newSpanId, newTraceId } from './span-ids.ts';
import { epochMillis, hrTimeOf } from './span-time.ts';

const EXCEPTION = 'exception';
const EXCEPTION_TYPE = 'exception.type';

/** What a span is from its start on. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  /** Used as it is. */
  readonly attributes: Attributes;
  readonly parent?: SpanContext | undefined;
  readonly startTime?: TimeInput | undefined;
}

/**
 * A span that exists for Cerberus alone, for the case that there is no SDK, or somebody else's. Keeps what an event may tell of it:
 * attributes, status, times and the class of the last exception; no link, no other event and no stack.
 */
export class OwnSpan implements Span, SdkSpan {
  name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly parentSpanContext: SpanContext | undefined;
  readonly #processor: SpanProcessorLike;
  /** Milliseconds since 1970. */
  readonly #startedAt: number;
  /** Of `performance.now()`; undefined where somebody else's clock said when it started. */
  readonly #tick: number | undefined;
  /** Made when somebody asks: most ask when the request is written, together with others. */
  #context: SpanContext | undefined;
  #millis = 0;
  #status: SpanStatus = UNSET;
  #exceptionType: string | undefined;
  #ended = false;

  constructor(processor: SpanProcessorLike, { name, kind, attributes, parent, startTime }: SpanStart) {
    this.#processor = processor;
    this.name = name;
    this.kind = kind;
    this.attributes = attributes;
    this.parentSpanContext = parent;
    this.#startedAt = startTime === undefined ? Date.now() : epochMillis(startTime);
    this.#tick = startTime === undefined ? performance.now() : undefined;
  }

  get startTime(): HrTime {
    return hrTimeOf(this.#startedAt);
  }

  get duration(): HrTime {
    return hrTimeOf(this.#millis);
  }

  get status(): SpanStatus {
    return this.#status;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get isPlain(): boolean {
    return true;
  }

  /** The last exception, by its class. */
  get events(): readonly object[] {
    const type = this.#exceptionType;
    return type === undefined ? [] : [{ name: EXCEPTION, attributes: { [EXCEPTION_TYPE]: type } }];
  }

  spanContext(): SpanContext {
    return (this.#context ??= newContext(this.parentSpanContext));
  }

  /** Under this trace it is known to others. */
  moveTo(traceId: string): void {
    this.#context = { ...this.spanContext(), traceId };
  }

  setAttribute(key: string, value: AttributeValue): this {
    return this.#write(() => setAttribute(this.attributes, key, value));
  }

  setAttributes(attributes: Attributes): this {
    return this.#write(() => setAttributes(this.attributes, attributes));
  }

  addEvent(name: string, attributes?: unknown): this {
    return this.#write(() => {
      if (name === EXCEPTION) this.#exceptionType = typeIn(attributes);
    });
  }

  addLink(_link: Link): this {
    return this;
  }

  addLinks(_links: Link[]): this {
    return this;
  }

  /** What is OK stays so, as OpenTelemetry's SDK has it. */
  setStatus(status: SpanStatus): this {
    return this.#write(() => {
      const { code } = status;
      if (code === SpanStatusCode.UNSET || this.#status.code === SpanStatusCode.OK) return;
      this.#status = code === SpanStatusCode.ERROR ? ERROR : OK;
    });
  }

  updateName(name: string): this {
    if (!this.#ended) this.name = name;
    return this;
  }

  recordException(exception: Exception): void {
    this.#write(() => {
      if (typeof exception !== 'object' || exception === null) return;
      const { code, name, message } = exception;
      const type = code ? String(code) : name;
      if (type || message) this.#exceptionType = type;
    });
  }

  isRecording(): boolean {
    return !this.#ended;
  }

  end(endTime?: TimeInput): void {
    if (this.#ended) return;
    this.#millis = Math.max(0, this.#millisUntil(endTime));
    this.#processor.onEnding?.(this);
    this.#ended = true;
    this.#processor.onEnd(this);
  }

  /** What the application gives may throw when it is read; that is then as if it had not been given. */
  #write(change: () => void): this {
    if (this.#ended) return this;
    try {
      change();
    } catch {
      // Nothing of ours throws into the application.
    }
    return this;
  }

  #millisUntil(endTime: TimeInput | undefined): number {
    if (endTime !== undefined) return epochMillis(endTime) - this.#startedAt;
    return this.#tick === undefined ? Date.now() - this.#startedAt : performance.now() - this.#tick;
  }
}

const UNSET: SpanStatus = Object.freeze({ code: SpanStatusCode.UNSET });
const OK: SpanStatus = Object.freeze({ code: SpanStatusCode.OK });
const ERROR: SpanStatus = Object.freeze({ code: SpanStatusCode.ERROR });

function newContext(parent: SpanContext | undefined): SpanContext {
  if (parent === undefined)
    return { traceId: newTraceId(), spanId: newSpanId(), traceFlags: TraceFlags.SAMPLED };
  const { traceId, traceFlags, traceState } = parent;
  const context = { traceId, spanId: newSpanId(), traceFlags };
  return traceState === undefined ? context : { ...context, traceState };
}

function typeIn(attributes: unknown): string | undefined {
  if (typeof attributes !== 'object' || attributes === null || !(EXCEPTION_TYPE in attributes))
    return undefined;
  const type = attributes[EXCEPTION_TYPE];
  return typeof type === 'string' ? type : undefined;
}
