import type { FinishedSpan } from '@cerberus-otel/exporter-ws/translation';

/** The spans of one application, none of which was looked at yet. */
export interface ResourceSpans {
  /** Of the resource, those by which {@link isResourceName} knows the application. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly spans: readonly unknown[];
}

/** What the answer says of spans that were refused for good. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly errorMessage: string;
}

/** One of the two ways in which OTLP is written. */
export interface Encoding {
  /** Of requests and of their answers. */
  readonly contentType: string;
  /**
   * Reads a request, without what has no spans.
   *
   * @param most - pieces that it may have
   * @throws TooManyPiecesError for one of more; something else for what is no request
   */
  readonly readRequest: (bytes: Buffer, most: number) => readonly ResourceSpans[];
  /**
   * Reads one of {@link ResourceSpans.spans}, and of its attributes those that {@link isSpanName} names.
   *
   * @returns undefined for one that is not of a server
   * @throws for one that is broken
   */
  readonly readSpan: (sent: unknown) => FinishedSpan | undefined;
  /** `ExportTraceServiceResponse`. */
  readonly writeResponse: (partial: PartialSuccess | undefined) => Buffer;
  /** `google.rpc.Status`. */
  readonly writeStatus: (code: number, message: string) => Buffer;
}
