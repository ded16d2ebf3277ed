/** An accepted event: its JSON as UTF-8, without credentials. */
export type EventBytes = Buffer;

/** Both limits count what is queued and what was taken but not yet released. */
export interface QueueLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** Below this many consumed slots, moving the rest down costs more than it frees. */
const COMPACT_FROM = 1024;

/**
 * First in, first out, bounded by count and bytes. Whoever takes events keeps their share of the limits until it
 * releases or returns them, so that queue and flight together stay bounded.
 */
export class SendingQueue {
  readonly #limits: QueueLimits;
  #events: EventBytes[] = [];
  #head = 0;
  #queuedBytes = 0;
  #takenEvents = 0;
  #takenBytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Events waiting. */
  get length(): number {
    return this.#events.length - this.#head;
  }

  /** Bytes waiting. */
  get bytes(): number {
    return this.#queuedBytes;
  }

  /** Events waiting and taken. */
  get heldEvents(): number {
    return this.length + this.#takenEvents;
  }

  /** Bytes waiting and taken. */
  get heldBytes(): number {
    return this.#queuedBytes + this.#takenBytes;
  }

  /** Adds the newest event, or refuses it when a limit would be passed. */
  offer(event: EventBytes): boolean {
    const full =
      this.heldEvents >= this.#limits.maxEvents || this.heldBytes + event.length > this.#limits.maxBytes;
    if (full) return false;
    this.#events.push(event);
    this.#queuedBytes += event.length;
    return true;
  }

  /** Takes the oldest events: at least one if there is any, otherwise no more than both limits allow. */
  take(maxEvents: number, maxBytes: number): EventBytes[] {
    let end = this.#head;
    let bytes = 0;
    while (end < this.#events.length && end - this.#head < maxEvents) {
      const size = this.#events[end]?.length ?? 0;
      if (bytes + size > maxBytes && end > this.#head) break;
      bytes += size;
      end += 1;
    }
    const taken = this.#events.slice(this.#head, end);
    this.#head = end;
    this.#queuedBytes -= bytes;
    this.#takenEvents += taken.length;
    this.#takenBytes += bytes;
    this.#compact();
    return taken;
  }

  /** Gives back the share of events that were taken and are done with. */
  release(events: readonly EventBytes[]): void {
    this.#takenEvents -= events.length;
    this.#takenBytes -= totalBytes(events);
  }

  /** Puts taken events back in front, in their order. */
  putBack(events: readonly EventBytes[]): void {
    if (events.length === 0) return;
    this.release(events);
    this.#events = [...events, ...this.#events.slice(this.#head)];
    this.#head = 0;
    this.#queuedBytes += totalBytes(events);
  }

  #compact(): void {
    if (this.#head === this.#events.length) {
      this.#events = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
  }
}

function totalBytes(events: readonly EventBytes[]): number {
  let bytes = 0;
  for (const event of events) bytes += event.length;
  return bytes;
}
