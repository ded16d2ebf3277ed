import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';

/**
 * What the exporter reads of a finished span: the members that SDK 2's and SDK 3's `ReadableSpan` share. Declared
 * here so that neither SDK is a dependency.
 */
export interface FinishedSpan {
  /** A `SpanKind`. */
  readonly kind: number;
  readonly attributes: Attributes;
  readonly startTime: HrTime;
  readonly duration: HrTime;
  /** `code` is a `SpanStatusCode`. */
  readonly status: { readonly code: number };
  readonly parentSpanContext?: SpanContext | undefined;
  spanContext(): SpanContext;
}

/** `SpanKind.SERVER` and `SpanStatusCode.ERROR`; the API's enums would be a run-time import for two numbers. */
export const KIND_SERVER = 1;
export const STATUS_ERROR = 2;

/** What the callback of `export` gets; `code` 0 is success, 1 failure (`ExportResultCode` of `@opentelemetry/core`). */
export interface ExportOutcome {
  readonly code: number;
  readonly error?: Error;
}

export const EXPORT_SUCCESS = 0;
export const EXPORT_FAILED = 1;
