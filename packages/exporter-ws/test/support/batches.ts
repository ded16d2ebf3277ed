import type { EventBatch } from '../../dist/esm/queue/event-batch.js';
import { SendingQueue } from '../../dist/esm/queue/sending-queue.js';
import { writeText } from './written.js';

/** Events with these texts, as a queue gives them out. */
export function batchOf(...texts: string[]): EventBatch {
  const queue = new SendingQueue({ maxEvents: Infinity, maxBytes: Infinity }, writeText);
  for (const text of texts) queue.offer(text);
  return queue.take(Infinity, Infinity);
}
