import { EventBatch } from './event-batch.ts';

/** An event that ended connections. It stays where it is in memory, and counts as held. */
export interface Suspect {
  readonly event: EventBatch;
  /** How many events were accepted before it. */
  position: number;
  /** Connections that it ended alone, those apart between which no other event was settled. */
  attempts: number;
  /** Others were settled since it was last tried. */
  othersSettled: boolean;
  /** When it may be tried again, on the clock that was given. */
  dueAt: number;
}

/** How long a suspect waits, in milliseconds: after its first attempt, doubled for each further one, and at most. */
export interface RetryLimits {
  readonly initialMillis: number;
  readonly maxMillis: number;
}

/** Events that are set aside, so that the others can go on. Pure. */
export class Quarantine {
  readonly #retry: RetryLimits;
  readonly #suspects: Suspect[] = [];
  #onTrial: Suspect | undefined;

  constructor(retry: RetryLimits) {
    this.#retry = retry;
  }

  /** Suspects, also the one that is on trial. */
  get size(): number {
    return this.#suspects.length;
  }

  /** Suspects that wait here. */
  get waiting(): number {
    return this.#suspects.length - (this.#onTrial === undefined ? 0 : 1);
  }

  /** The one that was taken to be tried again and is neither settled nor back. */
  get onTrial(): Suspect | undefined {
    return this.#onTrial;
  }

  /** Of the oldest suspect: all events before it are settled. */
  get oldestPosition(): number {
    return this.#suspects.reduce((oldest, { position }) => Math.min(oldest, position), Infinity);
  }

  /** Suspects among the first `count` accepted events. */
  countBefore(count: number): number {
    return this.#suspects.filter(({ position }) => position < count).length;
  }

  /** So many events come before all others now. */
  shift(count: number): void {
    for (const suspect of this.#suspects) suspect.position += count;
  }

  /** @returns the new suspect */
  add(event: EventBatch, position: number, now: number): Suspect {
    const dueAt = now + this.#waitAfter(1);
    const suspect: Suspect = { event, position, attempts: 1, othersSettled: false, dueAt };
    this.#suspects.push(suspect);
    return suspect;
  }

  /**
   * The suspect that has to be tried next. While nothing was settled since it was last tried, others are tried first, if
   * there are any.
   */
  due(now: number, othersWait: boolean): Suspect | undefined {
    return this.#suspects.find(({ dueAt, othersSettled }) => now >= dueAt && (othersSettled || !othersWait));
  }

  /** Takes a suspect, to be tried again. */
  try(suspect: Suspect): EventBatch {
    this.#onTrial = suspect;
    return suspect.event;
  }

  /** The one on trial ended another connection, or came to no end: it waits again. */
  takeBack(guilty: boolean, now: number): void {
    const suspect = this.#onTrial;
    if (suspect === undefined) return;
    this.#onTrial = undefined;
    if (guilty && suspect.othersSettled) suspect.attempts += 1;
    suspect.othersSettled &&= !guilty;
    suspect.dueAt = now + this.#waitAfter(suspect.attempts);
  }

  /** Events were settled: the one on trial, if there is one, and in any case others than those that wait. */
  settled(): void {
    if (this.#onTrial !== undefined) this.remove(this.#onTrial);
    for (const suspect of this.#suspects) suspect.othersSettled = true;
  }

  remove(suspect: Suspect): void {
    this.#suspects.splice(this.#suspects.indexOf(suspect), 1);
    if (this.#onTrial === suspect) this.#onTrial = undefined;
  }

  /** Takes all events that wait here; the one on trial is where it was taken to. */
  clear(): EventBatch {
    const waiting = this.#suspects.filter((suspect) => suspect !== this.#onTrial);
    this.#suspects.length = 0;
    this.#onTrial = undefined;
    return EventBatch.concat(waiting.map(({ event }) => event));
  }

  #waitAfter(attempts: number): number {
    const { initialMillis, maxMillis } = this.#retry;
    return Math.min(maxMillis, initialMillis * 2 ** Math.min(attempts - 1, 30));
  }
}
