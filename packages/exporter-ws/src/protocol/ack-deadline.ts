import type { Clock, Timer } from '../clock.ts';

/**
 * Watches that the oldest thing in flight is acknowledged in time. The time starts anew with every sign of progress,
 * so a slow backend that goes on acknowledging is never cut off.
 */
export class AckDeadline {
  readonly #timeoutMillis: () => number;
  readonly #clock: Clock;
  readonly #onExpired: () => void;
  #waitingSince: number | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  /** @param timeoutMillis - how long the oldest thing in flight may take; asked anew whenever it is looked at */
  constructor(timeoutMillis: () => number, clock: Clock, onExpired: () => void) {
    this.#timeoutMillis = timeoutMillis;
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  /** How long the oldest has been waiting, in milliseconds; 0 when nothing waits. */
  get waitedMillis(): number {
    return this.#waitingSince === undefined ? 0 : this.#clock.now() - this.#waitingSince;
  }

  /** Something was sent; starts the time unless it is running. */
  sent(): void {
    if (this.#stopped || this.#waitingSince !== undefined) return;
    this.#waitingSince = this.#clock.now();
    this.#timer ??= this.#watch(this.#timeoutMillis());
  }

  /** Something was acknowledged; `more` says whether anything is still in flight. */
  progress(more: boolean): void {
    this.#waitingSince = more ? this.#clock.now() : undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #watch(millis: number): Timer {
    return this.#clock.after(millis, () => {
      const left = this.#timeoutMillis() - this.waitedMillis;
      if (this.#stopped) return;
      if (this.#waitingSince === undefined) this.#timer = undefined;
      else if (left > 0) this.#timer = this.#watch(left);
      else this.#clock.afterInput(() => this.#judge());
    });
  }

  /** Runs after pending input was read: an event loop that was blocked may have the acknowledgement there. */
  #judge(): void {
    if (this.#stopped) return;
    const left = this.#timeoutMillis() - this.waitedMillis;
    if (this.#waitingSince === undefined) this.#timer = undefined;
    else if (left <= 0) this.#onExpired();
    else this.#timer = this.#watch(left);
  }
}
