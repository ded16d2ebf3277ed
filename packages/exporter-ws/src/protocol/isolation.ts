import { EventBatch } from '../queue/event-batch.ts';
import { Quarantine, type RetryLimits } from '../queue/quarantine.ts';
import type { SendingQueue } from '../queue/sending-queue.ts';

type Queue = Pick<SendingQueue, 'length' | 'take'>;

/** What the end of a connection says about the events that were in flight on it. */
export type Evidence = 'none' | 'fault' | 'too_large';

/** An event that is given up, and why. */
export interface GivenUp {
  readonly event: EventBatch;
  readonly reason: 'poison' | 'too_large';
}

/** What an isolation has to know. */
export interface IsolationLimits {
  /** Connections that an event may end alone before it is given up; 0: any number. */
  readonly maxPoisonAttempts: number;
  /** Most events that are ever sent together: from there on the window is open again. */
  readonly widestWindow: number;
  /** First and longest wait of an event that is set aside, in milliseconds. */
  readonly retry: RetryLimits;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** One fruitless connection may be chance, also on a good day. */
const FRUITLESS_LIMIT = 2;

/**
 * Finds the event that ends connections, so that it does not hold up the others (PROTOCOL.md, "An event that ends
 * connections"). After two connections in a row that ended with more in flight than they had settled, half of it is sent
 * together, and half of that whenever a connection ends again, until all that were in flight are settled; one that ends
 * a connection alone is set aside and tried again in between; one that did so too often while others were settled is
 * given up. A message that was too large is the same, only certain. Pure.
 */
export class Isolation {
  readonly quarantine: Quarantine;
  readonly #limits: IsolationLimits;
  /** Most events in flight together. */
  #window = Infinity;
  /** Of the oldest events, so many were in flight when connections ended: the one that ends them is among them. */
  #range = 0;
  /** Connections in a row that ended over what was in flight and had settled less than that. */
  #fruitless = 0;
  /** What the oldest event, which was alone in flight, is accused of. */
  #accused: Exclude<Evidence, 'none'> | undefined;

  constructor(limits: IsolationLimits) {
    this.#limits = limits;
    this.quarantine = new Quarantine(limits.retry);
  }

  /** True while nothing is suspected. */
  get calm(): boolean {
    return this.#window === Infinity && this.quarantine.size === 0 && this.#accused === undefined;
  }

  /** Whether events that were numbered have to be taken apart before they are sent again. */
  get mustTakeApart(): boolean {
    return this.#window !== Infinity || this.#accused !== undefined || this.quarantine.onTrial !== undefined;
  }

  /** Takes what may be sent next beside what is in flight: from the queue, or a suspect, which goes alone. */
  take(queue: Queue, inFlight: number, maxEvents: number, maxBytes: number): EventBatch {
    if (this.calm) return queue.take(maxEvents, maxBytes);
    const { quarantine } = this;
    if (quarantine.onTrial !== undefined) return EventBatch.NONE;
    const due = quarantine.due(this.#limits.now(), queue.length > 0);
    if (due !== undefined) return inFlight === 0 ? quarantine.try(due) : EventBatch.NONE;
    const room = this.#window - inFlight;
    return room > 0 ? queue.take(Math.min(maxEvents, room), maxBytes) : EventBatch.NONE;
  }

  /**
   * What was in flight alone lies behind other events now, where it cannot be told from them: it has to be found again, and
   * nobody else is accused in its place.
   */
  acquit(): void {
    this.#accused = undefined;
  }

  /** The backend settled so many events: whatever was in flight before them did no harm. */
  settled(count: number): void {
    this.#accused = undefined;
    if (this.#window !== Infinity) this.#widen(count);
    if (this.quarantine.size > 0) this.quarantine.settled();
  }

  /**
   * A connection ended with so many events in flight, after it had settled so many.
   *
   * @returns whether fewer will be sent together next time, which is a step forward
   */
  ended(evidence: Evidence, inFlight: number, settled: number): boolean {
    if (evidence === 'none' || inFlight === 0) return false;
    if (this.quarantine.onTrial !== undefined) {
      this.#accused = evidence;
      return false;
    }
    if (evidence === 'fault' && this.#range === 0) {
      this.#fruitless = settled >= inFlight ? 0 : this.#fruitless + 1;
      if (this.#fruitless < FRUITLESS_LIMIT) return false;
    }
    if (inFlight === 1) {
      this.#accused = evidence;
      this.#range = 0;
      return false;
    }
    this.#window = evidence === 'too_large' ? 1 : Math.max(1, Math.min(this.#window, inFlight) >> 1);
    this.#range = inFlight;
    return true;
  }

  /**
   * Draws the consequence of the last end. To be called before anything is sent on the next connection, when everything
   * that was in flight is known not to be stored (as far as the mode can know that) and in the queue again.
   *
   * @param settled events settled so far
   */
  judge(queue: Queue, settled: number): GivenUp | undefined {
    const now = this.#limits.now();
    const accusation = this.#accused;
    this.#accused = undefined;
    let suspect = this.quarantine.onTrial;
    if (suspect !== undefined) {
      // It lies in front of the queue, like everything that was in flight; its share of the limits stays with it.
      queue.take(1, Infinity);
      this.quarantine.takeBack(accusation !== undefined, now);
    } else if (accusation !== undefined) {
      suspect = this.quarantine.add(queue.take(1, Infinity), settled + this.quarantine.size, now);
    }
    if (suspect === undefined || accusation === undefined) return undefined;
    const { maxPoisonAttempts } = this.#limits;
    const isPoison = maxPoisonAttempts > 0 && suspect.attempts >= maxPoisonAttempts;
    if (accusation !== 'too_large' && !isPoison) return undefined;
    this.quarantine.remove(suspect);
    return { event: suspect.event, reason: accusation === 'too_large' ? 'too_large' : 'poison' };
  }

  /** Not before what ends connections is found, or was not among the events that it could be. */
  #widen(count: number): void {
    if (this.#range > 0) {
      this.#range = Math.max(0, this.#range - count);
      if (this.#range === 0) this.#window = Infinity;
      return;
    }
    this.#window += count;
    if (this.#window >= this.#limits.widestWindow) this.#window = Infinity;
  }
}
