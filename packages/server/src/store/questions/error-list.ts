import type { EventFilter } from '../filter/event-filter.ts';

/** Which errors are meant: of the requests that the filter leaves, those that failed. */
export interface ErrorsQuery extends EventFilter {
  readonly since: number;
  readonly until: number;
  readonly limit: number;
}

/** Failed requests that are alike: of one endpoint, with one status and one class of error. */
export interface ErrorGroup {
  readonly method: string;
  readonly endpoint: string;
  readonly clientId: string;
  readonly errorType: string | null;
  readonly statusCode: number | null;
  readonly requests: number;
  /** In the range, milliseconds since the epoch. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Requests in each of `SPARKLINE_PARTS` equal parts of the range, as exactly as those of endpoints. */
  readonly sparkline: readonly number[];
}

/** Answer to an {@link ErrorsQuery}. It is never estimated. */
export interface ErrorList {
  /** The most frequent first, then those seen last. */
  readonly groups: readonly ErrorGroup[];
  /** Groups, listed or not. */
  readonly total: number;
  /** Failed requests of all of them. */
  readonly requests: number;
}

/** The filter of an {@link ErrorsQuery}: `undefined` where it wants no request that failed. */
export function failedOnly(query: ErrorsQuery): ErrorsQuery | undefined {
  return query.failed === false ? undefined : { ...query, failed: true };
}

/** Where there are none. */
export const NO_ERRORS: ErrorList = { groups: [], total: 0, requests: 0 };
