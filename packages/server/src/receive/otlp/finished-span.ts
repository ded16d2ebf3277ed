import { KIND_SERVER, type FinishedSpan } from '@cerberus-otel/exporter-ws/translation';

import { isHex } from '../../event/hex-text.ts';

/** `SPAN_KIND_SERVER` of OTLP, where 0 is no kind. */
export const OTLP_KIND_SERVER = 2;

const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;
const NANOS_PER_SECOND = 1_000_000_000n;
/** Where it is not said when a span began: in OTLP a time of 0 is none. No latency is below zero, so none is made of it. */
const UNKNOWN_NANOS = -NANOS_PER_SECOND;

/** A SERVER span as OTLP has it. */
export interface SpanParts {
  /** Hexadecimal. */
  readonly traceId: string;
  readonly spanId: string;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  /** A `StatusCode`, whose numbers OTLP and the API share. */
  readonly statusCode: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A span that OTLP calls invalid: nothing tells it from others. */
export class NamelessSpanError extends Error {}

/** The span as an SDK has it. @throws NamelessSpanError */
export function finishedSpan(parts: SpanParts): FinishedSpan {
  const { traceId, spanId, startNanos, endNanos } = parts;
  if (!isId(traceId, TRACE_ID_DIGITS) || !isId(spanId, SPAN_ID_DIGITS)) throw new NamelessSpanError();
  const context = { traceId, spanId, traceFlags: 0 };
  return {
    kind: KIND_SERVER,
    attributes: parts.attributes as FinishedSpan['attributes'],
    startTime: hrTime(startNanos),
    duration: hrTime(startNanos > 0n ? endNanos - startNanos : UNKNOWN_NANOS),
    status: { code: parts.statusCode },
    spanContext: () => context,
  };
}

function isId(text: string, digits: number): boolean {
  return isHex(text, digits) && !/^0+$/.test(text);
}

function hrTime(nanos: bigint): [seconds: number, nanos: number] {
  return [Number(nanos / NANOS_PER_SECOND), Number(nanos % NANOS_PER_SECOND)];
}
