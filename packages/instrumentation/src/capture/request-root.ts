import { SpanKind, type Context } from '@opentelemetry/api';
import type { SdkSpan } from '../sdk/sdk-types.ts';
import { findRecord } from './active-request.ts';

/** The SERVER span that stands for the request: its parent is in another process, or there is none. */
export function isLocalRoot(span: SdkSpan): boolean {
  if (span.kind !== SpanKind.SERVER) return false;
  return span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;
}

/** `@hono/otel` extracts the caller anew, so that its SERVER span within the request seems to be a root as well. */
export function isWithinRequest(parentContext: Context): boolean {
  const record = findRecord(parentContext);
  return record !== undefined && !record.over;
}
