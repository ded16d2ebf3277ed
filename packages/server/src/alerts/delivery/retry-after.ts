import { SECOND_MILLIS } from '../../durations.ts';

/**
 * Milliseconds for which a receiver wants to be left alone, as the header `Retry-After` says it: seconds, or a date (RFC 9110, 10.2.3).
 *
 * @param now - milliseconds since the epoch
 * @returns `undefined` where it says nothing that can be read
 */
export function retryAfterMillis(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const millis = /^\d+$/.test(header) ? Number(header) * SECOND_MILLIS : Date.parse(header) - now;
  return Number.isFinite(millis) ? Math.max(0, millis) : undefined;
}
