import type { SourceIp } from './source-ip.ts';

/** How a request ended: the response was written, the connection ended before it was, or the server failed. */
export type Outcome = 'completed' | 'aborted' | 'error';

/** A value of a custom metric as it is sent. */
export type MetricValue = string | number | boolean | readonly (string | number | boolean)[];

/** One HTTP request (PROTOCOL.md, "The event"), without credentials. */
export interface CerberusEvent {
  readonly sourceIp: SourceIp | null;
  /** Path without query, or route template. */
  readonly endpoint: string;
  /** True for HTTPS. */
  readonly scheme: boolean;
  readonly method: string;
  /** The application's own metrics, as JSON text of an object. */
  readonly customData: string;
  /** Start of the request, RFC 3339 in UTC with milliseconds. */
  readonly timestamp: string;
  readonly statusCode: number | undefined;
  /** Milliseconds, at most three decimals. */
  readonly latencyMs: number;
  /** Route template, as `http.route`. */
  readonly route: string | undefined;
  readonly outcome: Outcome;
  readonly userId: string | undefined;
  readonly userAgent: string | undefined;
  readonly traceId: string;
  readonly spanId: string;
}
