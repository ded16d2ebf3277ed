import { DAY_MILLIS } from '../../../durations.ts';

/** The day of an instant, UTC, in days since 1970-01-01. */
export function dayOf(millis: number): number {
  return Math.floor(millis / DAY_MILLIS);
}

/** When the day of an instant began, UTC, milliseconds since the epoch. */
export function dayBegin(millis: number): number {
  return dayOf(millis) * DAY_MILLIS;
}

/** A date that no partition is of: the planner looks into none where it is asked for, and into all where an empty list is. */
export const NO_DAY = '-infinity';
