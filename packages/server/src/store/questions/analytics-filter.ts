import type { EventFilter } from '../filter/event-filter.ts';

/** A half-open range of time, milliseconds since the epoch. */
export interface TimeRange {
  readonly since: number;
  readonly until: number;
}

/** An endpoint: a method and a route, or the path where there is no route. */
export interface EndpointKey {
  readonly method: string;
  readonly endpoint: string;
}

/** Which requests are meant: those of a range that a filter leaves. */
export interface AnalyticsFilter extends EventFilter {
  readonly since: number;
  readonly until: number;
}
