/** Exponential backoff: `initialMillis`, doubled each time up to `maxMillis`. */
export interface BackoffLimits {
  readonly initialMillis: number;
  readonly maxMillis: number;
}

/** 2^30 × any initial value is past every limit, so a larger exponent only risks overflow. */
const MAX_EXPONENT = 30;

/**
 * How long to wait before attempt number `attempt` (0 for the first retry): uniform in [0, cap), "full jitter".
 * A thousand clients that lose one server come back spread over the whole interval instead of at once.
 *
 * @param random a number in [0, 1)
 * @returns whole milliseconds, at least 1
 */
export function fullJitter(attempt: number, limits: BackoffLimits, random: number): number {
  const cap = Math.min(limits.maxMillis, limits.initialMillis * 2 ** Math.min(attempt, MAX_EXPONENT));
  return Math.max(1, Math.round(cap * random));
}

/** As `fullJitter`, but never less than half of the interval: for waits that must not become short by luck. */
export function equalJitter(attempt: number, limits: BackoffLimits, random: number): number {
  return fullJitter(attempt, limits, 0.5 + random / 2);
}
