import type { AttemptResult } from '../../observe/alert-counts.ts';

/** What became of an attempt to send a message. `failed`: it is tried again. `refused`: it is not. Reasons have no address in them. */
export type DeliveryResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: Exclude<AttemptResult, 'delivered'>; readonly reason: string };
