import { DAY_MILLIS } from '../../durations.ts';
import type { TimeRange } from '../analytics.ts';

/** A longer range is estimated, whatever it holds. */
const EXACT_MILLIS = DAY_MILLIS;

/** Events in a range, of all applications and endpoints, up to which it is answered from single events. */
export const EXACT_EVENTS = 50_000;

/** Whether a range is estimated for its length alone. */
export function isLong({ since, until }: TimeRange): boolean {
  return until - since > EXACT_MILLIS;
}
