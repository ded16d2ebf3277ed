/** Events in a batch, at most: the id of an event is that of its batch times this, and its place. */
export const EVENTS_OF_BATCH = 16_384;
