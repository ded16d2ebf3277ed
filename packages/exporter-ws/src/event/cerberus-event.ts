import type { HrTime } from '@opentelemetry/api';
import type { RequestDetails } from './request-details.ts';
import type { SourceIp } from './source-ip.ts';

/** How a request ended: the response was written, the connection ended before it was, or the server failed. */
export type Outcome = 'completed' | 'aborted' | 'error';

/**
 * What is to be sent of one HTTP request (PROTOCOL.md, "The event"), without credentials. Texts are as long as the span's,
 * and its times as they are there: `Serializer` cuts and formats.
 */
export interface CerberusEvent extends RequestDetails {
  readonly sourceIp: SourceIp | null;
  /** Path without query, or route template. */
  readonly endpoint: string;
  /** True for HTTPS. */
  readonly scheme: boolean;
  readonly method: string;
  /** Where the application's own metrics are: the members that begin with `cerberus.metric.`, and no other, are sent. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly startTime: HrTime;
  readonly statusCode: number | undefined;
  readonly duration: HrTime;
  /** Route template, as `http.route`. */
  readonly route: string | undefined;
  readonly outcome: Outcome;
  readonly userId: string | undefined;
  readonly consumer: string | undefined;
  readonly consumerGroup: string | undefined;
  readonly consumerLabel: string | undefined;
  readonly userAgent: string | undefined;
  readonly traceId: string;
  readonly spanId: string;
}
