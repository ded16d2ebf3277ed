import type { EventFilter } from '../filter/event-filter.ts';

/** How many requests there are at the moment. */
export interface RequestRate {
  /**
   * Requests in a second, of those that a filter leaves, whatever range it has; `undefined` where it is about more than is counted of
   * requests of this moment.
   */
  readonly perSecond: (filter: EventFilter) => number | undefined | Promise<number | undefined>;
}
