import { DAY_MILLIS } from '../durations.ts';
import type { Log } from '../log.ts';
import type { Span } from './store.ts';

/** What is deleted day by day never reaches so far beyond the horizon, nor is a server that receives silent for so long. */
const UNUSUAL_MILLIS = 2 * DAY_MILLIS;

/** What a guard looks at. Times are milliseconds since the epoch. */
export interface PlannedDeletion {
  readonly now: number;
  /** Everything from before this instant is to go. */
  readonly before: number;
  /** First and last arrival of what is older than a day; `undefined` where nothing is. */
  readonly arrivals: Span | undefined;
}

/**
 * Holds a large deletion back for a day: a clock that is a year ahead makes everything look old, and what was deleted does not
 * come back when it is set right. Large is what comes after a silence of days and goes beyond what days would delete; a server that was
 * switched off looks the same, and loses nothing by a day.
 */
export class DeletionGuard {
  readonly #what: string;
  readonly #checksOfDay: number;
  readonly #log: Log;
  #held = 0;

  /**
   * @param what - is deleted, for the log
   * @param intervalMillis - between two checks: a wrong clock cannot tell when a day is over, their number can
   */
  constructor(what: string, intervalMillis: number, log: Log) {
    this.#what = what;
    this.#checksOfDay = Math.ceil(DAY_MILLIS / intervalMillis);
    this.#log = log;
  }

  /** To be asked once in each interval. @returns whether the deletion has to wait */
  holds({ now, before, arrivals }: PlannedDeletion): boolean {
    const isLarge =
      arrivals !== undefined &&
      arrivals.last < now - UNUSUAL_MILLIS &&
      arrivals.first < before - UNUSUAL_MILLIS;
    if (!isLarge) {
      this.#held = 0;
      return false;
    }
    if (this.#held >= this.#checksOfDay) return false;
    if (this.#held === 0) {
      const days = Math.floor((now - arrivals.last) / DAY_MILLIS);
      this.#log(
        'warn',
        `${this.#what} are kept for a day more: nothing came for ${days} days, unless the clock is wrong`,
      );
    }
    this.#held += 1;
    return true;
  }
}
