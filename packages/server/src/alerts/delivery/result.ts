import type { AttemptResult } from '../../observe/alert-counts.ts';

/** What became of an attempt to send a message. `failed`: it is tried again. `refused`: it is not. Reasons have no address in them. */
export type DeliveryResult = Delivered | Failed | { readonly kind: Refused; readonly reason: string };

interface Delivered {
  readonly kind: 'delivered';
  /** What was left out, such as an address that the mail server refuses. */
  readonly reason?: string | undefined;
}

interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
  /** So long the receiver wants to be left alone. */
  readonly retryAfterMillis?: number | undefined;
  /** Marks of those who have it already, and are not to get it again. */
  readonly reached?: readonly string[] | undefined;
}

type Refused = Exclude<AttemptResult, 'delivered' | 'failed'>;
