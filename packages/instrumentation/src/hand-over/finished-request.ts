import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import type { Claim, FinishedSpan, HeldRequest } from '@cerberus-otel/exporter-ws/internal';
import type { Sender } from '../enrich/identity.ts';
import type { SdkSpan } from '../sdk/sdk-types.ts';
import { textLength } from './text-length.ts';

/** What is to be kept of a request. */
interface Kept {
  /** Whatever is written into them from now on is part of it. */
  readonly attributes: Attributes;
  /** Who sent it, where that is still to be written. */
  readonly sender: Sender | undefined;
  readonly claim: Claim | undefined;
}

/**
 * A request that is over, as the exporter reads it of a span: strings and numbers. A span of an SDK, a request or a socket that is kept
 * is moved by the garbage collector with all that it holds (docs/performance/what-made-the-difference.md).
 */
export class FinishedRequest implements HeldRequest {
  readonly attributes: Attributes;
  readonly sender: Sender | undefined;
  readonly claim: Claim | undefined;
  /** About how much text it holds, in UTF-16 units. */
  readonly textLength: number;
  readonly #span: Omit<FinishedSpan, 'attributes'>;

  /** @throws what a hostile span throws when it is read */
  constructor(span: SdkSpan, { attributes, sender, claim }: Kept) {
    this.attributes = attributes;
    this.sender = sender;
    this.claim = claim;
    this.textLength = textLength(attributes) + (sender === undefined ? 0 : textLengthOf(sender));
    // Asked later, an own span makes its ids and times then.
    this.#span = span.isPlain === true ? span : new SpanCopy(span);
  }

  get kind(): number {
    return this.#span.kind;
  }

  get startTime(): HrTime {
    return this.#span.startTime;
  }

  get duration(): HrTime {
    return this.#span.duration;
  }

  get status(): { readonly code: number } {
    return this.#span.status;
  }

  spanContext(): SpanContext {
    return this.#span.spanContext();
  }
}

/** What the client and the application have said of who it is. */
function textLengthOf({ origin, userAgent, userId, consumer }: Sender): number {
  const { xForwardedFor, forwarded } = origin;
  const said = xForwardedFor.length + forwarded.length + (userAgent?.length ?? 0);
  return said + (userId?.length ?? 0) + (consumer?.id.length ?? 0);
}

class SpanCopy implements Omit<FinishedSpan, 'attributes'>, SpanContext {
  readonly kind: number;
  readonly startTime: HrTime;
  readonly duration: HrTime;
  readonly status: { readonly code: number };
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;

  constructor(span: SdkSpan) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.kind = span.kind;
    this.startTime = span.startTime;
    this.duration = span.duration;
    this.status = span.status;
    this.traceId = traceId;
    this.spanId = spanId;
    this.traceFlags = traceFlags;
  }

  spanContext(): SpanContext {
    return this;
  }
}
