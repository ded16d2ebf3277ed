import type { EndpointKey } from './analytics.ts';

/** Whose rate is asked for. */
export interface RateFilter {
  readonly clientId?: string | undefined;
  readonly endpoint?: EndpointKey | undefined;
}

/** How many requests there are at the moment. */
export interface RequestRate {
  /** Of all requests, or of those of one client id or one endpoint or both; in a second. */
  readonly perSecond: (filter: RateFilter) => number | Promise<number>;
}
