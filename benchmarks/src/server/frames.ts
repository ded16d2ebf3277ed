import { eventOf } from '../harness/events.ts';

/** Events in a frame, as the exporter's `maxBatchEvents`. */
export const FRAME_EVENTS = 512;

/** JSON of the events of a frame. */
export function frameEvents(first: number): string {
  return JSON.stringify(Array.from({ length: FRAME_EVENTS }, (_, index) => eventOf(first + index)));
}
