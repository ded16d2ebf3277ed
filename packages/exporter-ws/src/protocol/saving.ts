import type { SendingQueue } from '../queue/sending-queue.ts';
import type { Frame } from './in-flight.ts';
import type { Isolation } from './isolation.ts';
import type { Producer } from './producer.ts';
import type { SpoolLine } from './spool-line.ts';

/** In a frame that goes to disk: any server takes it then. */
const SAVED_EVENTS = 512;
const SAVED_BYTES = 60 * 1024;

/** What is in memory when the end comes. */
export interface MemoryParts {
  readonly queue: SendingQueue;
  readonly isolation: Isolation;
  readonly producer: Producer;
  readonly line: SpoolLine;
}

/**
 * Puts everything in memory into frames, behind those that have their numbers.
 *
 * @returns the frames that are not on disk: those without an event that did not come from there stay where they are
 */
export function framesToSave({ queue, isolation, producer, line }: MemoryParts): Frame[] {
  const { frames } = producer;
  const suspects = isolation.quarantine.size;
  queue.putBack(isolation.quarantine.clear());
  // All others are those that entered last. Suspects are in front of them, and came at any time.
  let position = queue.enteredEvents - queue.length - frames.events;
  const firstKnown = position + suspects;
  const toSave: Frame[] = [];
  for (const frame of frames.all) {
    const { isFed, events } = line.stretchFrom(position);
    const isOnDisk = position >= firstKnown && isFed && events >= frame.events.length;
    if (!isOnDisk) toSave.push(frame);
    position += frame.events.length;
  }
  while (queue.length > 0) {
    const known = position < firstKnown ? { isFed: false, events: firstKnown - position } : undefined;
    const { isFed, events } = known ?? line.stretchFrom(position);
    const frame = frames.add(queue.take(Math.min(SAVED_EVENTS, events), SAVED_BYTES));
    if (!isFed) toSave.push(frame);
    position += frame.events.length;
  }
  return toSave;
}
