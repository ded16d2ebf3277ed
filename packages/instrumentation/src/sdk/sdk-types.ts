import type {
  Attributes,
  Context,
  HrTime,
  Link,
  SpanContext,
  SpanKind,
  SpanStatus,
  TraceState,
} from '@opentelemetry/api';
import type { ExportOutcome, FinishedSpan } from '@cerberus-otel/exporter-ws/internal';

/**
 * The parts of SDK 2's and SDK 3's shapes that this package touches. Declared here so that neither SDK is a
 * dependency; the SDKs' own types are assignable to them and they to the SDKs'.
 */
export interface SdkSpan extends FinishedSpan {
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly startTime: HrTime;
  readonly status: SpanStatus;
  readonly ended: boolean;
  readonly parentSpanContext?: SpanContext | undefined;
  /** Who made it. */
  readonly instrumentationScope?: { readonly name: string } | undefined;
  /** It holds strings and numbers alone, and may be kept; nothing of the kind is known of an SDK's. */
  readonly isPlain?: boolean;
}

/** A span exporter, as far as the processor calls it. */
export interface SpanExporterLike {
  export(spans: FinishedSpan[], resultCallback: (result: ExportOutcome) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** A span processor, as NodeSDK and the tracer providers take it. */
export interface SpanProcessorLike {
  onStart(span: SdkSpan, parentContext: Context): void;
  onEnding?(span: SdkSpan): void;
  onEnd(span: SdkSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** `SamplingDecision` of the SDKs. */
export const SAMPLING_DECISION = { notRecord: 0, record: 1, recordAndSampled: 2 } as const;

/** What a sampler decided; `decision` is one of `SAMPLING_DECISION`. */
export interface SamplingResultLike {
  decision: number;
  attributes?: Readonly<Attributes>;
  traceState?: TraceState;
}

/** A sampler, as NodeSDK and the tracer providers take it. */
export interface SamplerLike {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResultLike;
  toString(): string;
}
