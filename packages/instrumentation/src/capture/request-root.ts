import { context, SpanKind, type Context } from '@opentelemetry/api';
import type { SdkSpan } from '../sdk/sdk-types.ts';
import { findRecord } from './active-request.ts';
import type { RequestRecord } from './request-record.ts';

/** Whether a span serves a call from outside of the process. */
export function isServerSpan(span: SdkSpan): boolean {
  return span.kind === SpanKind.SERVER;
}

/** A SERVER span that seems to stand for a request: its parent is in another process, or there is none. */
export function isLocalRoot(span: SdkSpan): boolean {
  if (!isServerSpan(span)) return false;
  return span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;
}

/**
 * The record that a further SERVER span belongs to. `@hono/otel` extracts the caller anew within the request; a second
 * HTTP instrumentation makes a span of its own, in the context of the first one's or beside it; and a request may be
 * handed on to another server of this process.
 *
 * @param latest the record of the request that arrived last
 */
export function recordOfFurther(
  span: SdkSpan,
  parentContext: Context,
  latest: RequestRecord | undefined,
): RequestRecord | undefined {
  const within = findRecord(parentContext);
  if (within?.over === false) return within;
  const around = findRecord(context.active());
  if (around?.isOf(span.attributes) === true) return around;
  return latest?.isOf(span.attributes) === true ? latest : undefined;
}
