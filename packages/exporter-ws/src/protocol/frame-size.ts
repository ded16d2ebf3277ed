import type { EventBatch } from '../queue/event-batch.ts';

/** How large frames may be. */
export interface FrameSizeLimits {
  /** Bytes of events in a frame of a line that is fast enough. */
  readonly maxBytes: number;
  /** Longest time without an acknowledgement, in milliseconds. */
  readonly ackTimeoutMillis: number;
}

/** Few events are smaller, and one always goes. */
const MIN_BYTES = 1024;
/** The line was at most so slow that the frame took the whole timeout; a quarter of it leaves a margin of as much again. */
const CUT = 4;
/** A frame may take half of the timeout, and grows where one of its size takes an eighth. */
const SLOW = 1 / 2;
const QUICK = 1 / 8;
/** Longest wait for an event that is larger than a frame may be, in timeouts: 64 KiB come over 6.5 kbit/s in the usual 80 s. */
const MAX_PATIENCE = 8;

/**
 * How many bytes of events go in one frame, so that its acknowledgement can come in time however slow the line is. What has
 * left the process may lie in the system's buffers for minutes, so the only thing that tells the speed of a line is when
 * frames are acknowledged. Until one is not in time there is no limit but the configured one. Pure.
 */
export class FrameSize {
  readonly #limits: FrameSizeLimits;
  #bytes = Infinity;
  /** Since when so many bytes were settled, without a moment in which nothing was in flight. */
  #since = 0;
  #settled = 0;

  constructor(limits: FrameSizeLimits) {
    this.#limits = limits;
  }

  /** Most bytes of events in a frame, if it holds more than one. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * How many timeouts a frame of so many bytes may take: one, unless it is larger than what the line is known to carry in
   * one, which a single event can be.
   */
  patience(bytes: number): number {
    return Math.min(MAX_PATIENCE, Math.max(1, bytes / this.#bytes));
  }

  /** Whether events have to go in smaller frames. */
  refuses(events: EventBatch): boolean {
    return events.length > 1 && events.bytes > this.#bytes;
  }

  /** Something is in flight where nothing was. */
  began(now: number): void {
    this.#since = now;
    this.#settled = 0;
  }

  /** So many bytes of events were settled. */
  settled(bytes: number, now: number): void {
    if (this.#bytes === Infinity) return;
    this.#settled += bytes;
    if (this.#settled < this.#bytes) return;
    const millisOfFrame = ((now - this.#since) * this.#bytes) / this.#settled;
    const { ackTimeoutMillis, maxBytes } = this.#limits;
    if (millisOfFrame > ackTimeoutMillis * SLOW) this.#bytes = Math.max(MIN_BYTES, this.#bytes / 2);
    else if (millisOfFrame <= ackTimeoutMillis * QUICK) this.#bytes *= 2;
    if (this.#bytes >= maxBytes) this.#bytes = Infinity;
    this.began(now);
  }

  /**
   * Nothing was heard in time of a frame of so many bytes.
   *
   * @returns whether frames are smaller from now on
   */
  timedOut(bytes: number): boolean {
    const smaller = Math.max(MIN_BYTES, Math.min(bytes, this.#bytes) / CUT);
    if (smaller >= this.#bytes || smaller >= bytes) return false;
    this.#bytes = smaller;
    return true;
  }
}
