import type { CerberusEvent } from '../event/cerberus-event.ts';
import type { EventBatch } from './event-batch.ts';
import { EventChunk, type EventWriter } from './event-chunk.ts';
import { EventRuns } from './event-runs.ts';

/** Both limits count what is queued and what was taken but not yet released. */
export interface QueueLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

const CHUNK_BYTES = 64 * 1024;
/** Longer events get a chunk of their own: the rest of a common one would be wasted on them. */
const MAX_SHARED_BYTES = CHUNK_BYTES / 4;
/**
 * Used again rather than left to the garbage collector: memory that was used a moment ago is in the caches, fresh memory has
 * to be mapped and cleared first. 2 MiB, about what a full window of frames holds.
 */
const MAX_SPARE_CHUNKS = 32;

/**
 * First in, first out, bounded by count and bytes. Whoever takes events keeps their share of the limits until it
 * releases or returns them, so that queue and flight together stay bounded.
 */
export class SendingQueue<Event = CerberusEvent> {
  readonly #limits: QueueLimits;
  readonly #write: EventWriter<Event>;
  readonly #queued = new EventRuns();
  readonly #spare: EventChunk[] = [];
  /** The chunk to which events are added. */
  #chunk: EventChunk | undefined;
  #takenEvents = 0;
  #takenBytes = 0;
  #enteredEvents = 0;

  /** @param write writes an event without credentials; may be asked twice for the same */
  constructor(limits: QueueLimits, write: EventWriter<Event>) {
    this.#limits = limits;
    this.#write = write;
  }

  /** Events waiting. */
  get length(): number {
    return this.#queued.length;
  }

  /** Bytes waiting. */
  get bytes(): number {
    return this.#queued.bytes;
  }

  /** Events waiting and taken. */
  get heldEvents(): number {
    return this.#queued.length + this.#takenEvents;
  }

  /** Events that were ever added. */
  get enteredEvents(): number {
    return this.#enteredEvents;
  }

  /** Bytes waiting and taken. */
  get heldBytes(): number {
    return this.#queued.bytes + this.#takenBytes;
  }

  /**
   * Adds the newest event, or refuses it when a limit would be passed.
   *
   * @throws RangeError for an event that is longer when it is written a second time, which only a getter can bring about
   */
  offer(event: Event): boolean {
    if (this.heldEvents >= this.#limits.maxEvents) return false;
    let chunk = (this.#chunk ??= this.#freshChunk());
    let size = chunk.write(event, this.#write);
    if (this.heldBytes + size > this.#limits.maxBytes) return false;
    if (!chunk.hasRoomFor(size)) {
      chunk = this.#nextChunk(size);
      const room = size;
      size = chunk.write(event, this.#write);
      if (size > room) throw new RangeError('the event changes while it is written');
    }
    chunk.keep(size);
    this.#queued.addNewest(chunk);
    this.#enteredEvents += 1;
    return true;
  }

  /** Adds events that lie in memory of their own behind all others, also beyond the limits. */
  append(events: EventBatch): void {
    this.#queued.add(events);
    this.#enteredEvents += events.length;
  }

  /** Takes the oldest events: at least one if there is any, otherwise no more than both limits allow. */
  take(maxEvents: number, maxBytes: number): EventBatch {
    const taken = this.#queued.take(maxEvents, maxBytes);
    this.#takenEvents += taken.length;
    this.#takenBytes += taken.bytes;
    return taken;
  }

  /** Gives back the share of events that were taken and are done with. Their memory may be used again at once. */
  release(events: EventBatch): void {
    this.#takenEvents -= events.length;
    this.#takenBytes -= events.bytes;
    for (const { chunk, from, to } of events.runs) {
      chunk.release(to - from);
      if (chunk.isSpent) this.#reuse(chunk);
    }
  }

  /** Puts taken events back in front, in their order. */
  putBack(events: EventBatch): void {
    this.#takenEvents -= events.length;
    this.#takenBytes -= events.bytes;
    this.#queued.putBack(events);
  }

  #nextChunk(size: number): EventChunk {
    if (size > MAX_SHARED_BYTES) return new EventChunk(size);
    this.#chunk = this.#freshChunk();
    return this.#chunk;
  }

  #freshChunk(): EventChunk {
    return this.#spare.pop() ?? new EventChunk(CHUNK_BYTES);
  }

  #reuse(chunk: EventChunk): void {
    chunk.reset();
    const isSpare = chunk !== this.#chunk && chunk.bytes.length === CHUNK_BYTES;
    if (isSpare && this.#spare.length < MAX_SPARE_CHUNKS) this.#spare.push(chunk);
  }
}
