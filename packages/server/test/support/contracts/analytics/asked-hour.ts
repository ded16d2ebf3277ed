import type { CerberusEvent } from '../../../../dist/event/event.js';
import { HASH, START, storeEvent } from '../../events/events.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What is asked about, where a question does not say otherwise. */
export const RANGE = { since: START, until: START + HOUR };
export const OTHER_HASH = HASH.replace('3', '4');

/** An event so many minutes after {@link START}. */
export function at(minutes: number, members: Partial<CerberusEvent> = {}): CerberusEvent {
  return storeEvent({ timestamp: START + minutes * MINUTE, ...members });
}
