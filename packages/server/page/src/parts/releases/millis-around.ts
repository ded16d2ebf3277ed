const HOUR_MILLIS = 3_600_000;
/** Less says nothing. */
const LEAST_MILLIS = 60_000;

/**
 * How long the times before and after a release are that are compared: an hour, or as much as has passed.
 *
 * @param since - when it appeared, and `now`: milliseconds since the epoch
 * @returns whole minutes, so that a second more makes no other question
 */
export function millisAround(since: number, now: number): number {
  const millis = Math.min(HOUR_MILLIS, Math.max(LEAST_MILLIS, now - since));
  return millis - (millis % LEAST_MILLIS);
}
