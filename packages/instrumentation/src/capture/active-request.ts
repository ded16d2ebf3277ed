import { createContextKey, trace, type Context } from '@opentelemetry/api';
import { REQUEST, type RequestRecord, type RequestSpan } from './request-record.ts';

/**
 * The key under which instrumentations keep what they know of the current call. Context keys are `Symbol.for`,
 * so this is the same key in every copy and version of `@opentelemetry/core`, without a dependency on it.
 */
const RPC_METADATA = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

/** The record of the request that `context` belongs to, also where its active span is not recording. */
export function findRecord(context: Context): RequestRecord | undefined {
  const active = trace.getSpan(context) as RequestSpan | undefined;
  const record = active?.[REQUEST];
  if (record !== undefined) return record;
  const metadata = context.getValue(RPC_METADATA) as { readonly span?: RequestSpan } | undefined;
  return metadata?.span?.[REQUEST];
}
