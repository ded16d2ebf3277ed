import { DAY_MILLIS, HOUR_MILLIS, SECOND_MILLIS } from '../../durations.ts';

const FIRST_MILLIS = 5 * SECOND_MILLIS;
/** No message waits longer between two attempts. */
export const MOST_MILLIS: number = HOUR_MILLIS;

/** A message that nobody took for so long is given up. */
export const GIVE_UP_MILLIS: number = 3 * DAY_MILLIS;

/**
 * Milliseconds until a message is tried again: twice as long each time, up to an hour, and up to a fifth less, so that what failed together
 * does not come back together.
 *
 * @param attempts - that failed, 1 at least
 * @param random - from 0 to 1
 * @param wanted - milliseconds for which the receiver wants to be left alone; more than an hour it does not get
 */
export function retryMillis(attempts: number, random: number, wanted = 0): number {
  const own = Math.min(MOST_MILLIS, FIRST_MILLIS * 2 ** (attempts - 1)) * (1 - random / 5);
  return Math.max(own, Math.min(MOST_MILLIS, wanted));
}
