import { DAY_MILLIS, SECOND_MILLIS } from '../../durations.ts';
import type { TimeRange } from '../questions/analytics-filter.ts';

/** A longer range is estimated, whatever it holds. */
const EXACT_MILLIS = DAY_MILLIS;

/** Events in a range, of all applications and endpoints, up to which it is answered from single events. */
export const EXACT_EVENTS = 50_000;

/**
 * A range that is estimated and ended so recently ends now. What is stored while a question waits for its turn is soon in the
 * aggregates too; to leave it out, all events of the hour would have to be read.
 */
const NOW_MILLIS = 10 * SECOND_MILLIS;

/** Whether a range is estimated for its length alone. */
export function isLong({ since, until }: TimeRange): boolean {
  return until - since > EXACT_MILLIS;
}

/** Until when a range may have events that are counted, milliseconds since the epoch. */
export function endOf({ until }: TimeRange, isEstimated: boolean): number {
  const now = Date.now();
  return isEstimated && now - until < NOW_MILLIS ? Math.max(until, now) : until;
}
