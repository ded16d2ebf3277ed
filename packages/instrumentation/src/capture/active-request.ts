import { trace, type Context } from '@opentelemetry/api';
import { REQUEST, type RequestRecord, type RequestSpan } from './request-record.ts';
import { rpcMetadata } from './rpc-metadata.ts';

/** The record of the request that `context` belongs to, also where its active span is not recording. */
export function findRecord(context: Context): RequestRecord | undefined {
  const active = trace.getSpan(context) as RequestSpan | undefined;
  const record = active?.[REQUEST];
  if (record !== undefined) return record;
  const span: RequestSpan | undefined = rpcMetadata(context)?.span;
  return span?.[REQUEST];
}
