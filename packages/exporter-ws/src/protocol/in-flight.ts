import { EventBatch } from '../queue/event-batch.ts';

/** Events under one sequence number. The number and the events never part, however often the frame is sent. */
export interface Frame {
  readonly seq: number;
  readonly events: EventBatch;
}

/**
 * Frames that have a sequence number and no acknowledgement yet, oldest first: those sent on the present
 * connection, then those that still have to be. Outlives connections; pure.
 */
export class InFlightFrames {
  #frames: Frame[] = [];
  #sent = 0;
  #sentEvents = 0;
  #events = 0;
  #lastSeq = 0;

  /** Frames without an acknowledgement. */
  get length(): number {
    return this.#frames.length;
  }

  /** All of them, oldest first. */
  get all(): readonly Frame[] {
    return this.#frames;
  }

  /** Frames sent on this connection and not acknowledged. */
  get sentLength(): number {
    return this.#sent;
  }

  /** Events in sent frames. */
  get sentEvents(): number {
    return this.#sentEvents;
  }

  /** Events in all frames. */
  get events(): number {
    return this.#events;
  }

  /** Events in frames that wait to be sent, the first time or again. */
  get unsentEvents(): number {
    return this.#events - this.#sentEvents;
  }

  /** The highest number ever given to a frame of this producer. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Gives events the next sequence number. */
  add(events: EventBatch): Frame {
    const frame = { seq: this.#lastSeq + 1, events };
    this.addNumbered(frame);
    return frame;
  }

  /** Adds a frame that has its number, which is higher than all before. */
  addNumbered(frame: Frame): void {
    this.#lastSeq = frame.seq;
    this.#frames.push(frame);
    this.#events += frame.events.length;
  }

  /** The oldest frame that has to be sent. */
  nextUnsent(): Frame | undefined {
    return this.#frames[this.#sent];
  }

  /** Whether `test` holds for a frame that has to be sent. */
  someUnsent(test: (frame: Frame) => boolean): boolean {
    return this.#frames.slice(this.#sent).some(test);
  }

  /** Notes that the frame of `nextUnsent` was sent. */
  markSent(): void {
    this.#sentEvents += this.#frames[this.#sent]?.events.length ?? 0;
    this.#sent += 1;
  }

  /** True when `seq` was sent on this connection and is not acknowledged. */
  isSent(seq: number): boolean {
    const first = this.#frames[0]?.seq;
    const last = this.#frames[this.#sent - 1]?.seq;
    return first !== undefined && last !== undefined && seq >= first && seq <= last;
  }

  /** Removes and returns every frame up to and including `seq`. */
  settleThrough(seq: number): Frame[] {
    let count = 0;
    while ((this.#frames[count]?.seq ?? Infinity) <= seq) count += 1;
    const settled = this.#frames.splice(0, count);
    const sentSettled = Math.min(count, this.#sent);
    for (const [index, frame] of settled.entries()) {
      this.#events -= frame.events.length;
      if (index < sentSettled) this.#sentEvents -= frame.events.length;
    }
    this.#sent -= sentSettled;
    return settled;
  }

  /** Frames from `seq` on have to be sent again. */
  rewindTo(seq: number): void {
    while (this.#sent > 0 && (this.#frames[this.#sent - 1]?.seq ?? 0) >= seq) {
      this.#sent -= 1;
      this.#sentEvents -= this.#frames[this.#sent]?.events.length ?? 0;
    }
  }

  /** Every frame has to be sent again: the connection is gone. */
  rewind(): void {
    this.#sent = 0;
    this.#sentEvents = 0;
  }

  /** Numbers the frames from 1, for a new producer. Only between connections or before anything was sent on one. */
  renumber(): void {
    this.rewind();
    this.#frames = this.#frames.map((frame, index) => ({ seq: index + 1, events: frame.events }));
    this.#lastSeq = this.#frames.length;
  }

  /** Takes all events out of their frames, in order. Their numbers are never given again. */
  dissolve(): EventBatch {
    return EventBatch.concat(this.takeAll().map((frame) => frame.events));
  }

  /** Takes all frames. */
  takeAll(): Frame[] {
    const frames = this.#frames;
    this.#frames = [];
    this.#events = 0;
    this.rewind();
    return frames;
  }
}
