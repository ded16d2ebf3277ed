import { DAY_MILLIS } from '../../../durations.ts';

/** The day of an instant, UTC, in days since 1970-01-01. */
export function dayOf(millis: number): number {
  return Math.floor(millis / DAY_MILLIS);
}
