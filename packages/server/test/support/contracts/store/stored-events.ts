import type { CerberusEvent } from '../../../../dist/event/event.js';
import type { EventQuery } from '../../../../dist/store/questions/event-query.js';
import { START, storeEvent } from '../../events/events.js';

/** All events. */
export const ALL: EventQuery = { limit: 1000 };

/** An event so many milliseconds after {@link START}. */
export function at(offset: number): CerberusEvent {
  return storeEvent({ timestamp: START + offset });
}
