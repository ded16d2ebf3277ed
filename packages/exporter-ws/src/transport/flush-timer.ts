import type { AsyncResource } from 'node:async_hooks';
import type { Clock, Timer } from '../clock.ts';

/** Bounds how long an event waits for a batch to fill up. */
export class FlushTimer {
  readonly #clock: Clock;
  readonly #intervalMillis: number;
  readonly #scope: AsyncResource;
  readonly #onDue: () => void;
  #timer: Timer | undefined;
  /** The flush comes among the input of this turn. */
  #isDue = false;
  /** The process will end soon. */
  #isHasty = false;

  /**
   * @param scope to whom the timer belongs
   * @param onDue everything has to be sent, whether it fills a batch or not
   */
  constructor(clock: Clock, intervalMillis: number, scope: AsyncResource, onDue: () => void) {
    this.#clock = clock;
    this.#intervalMillis = intervalMillis;
    this.#scope = scope;
    this.#onDue = onDue;
  }

  /**
   * Something waits.
   *
   * @param isHeldUp it does not wait for others, so that haste is of no use to it: everything was to be sent just now
   */
  arm(isHeldUp = false): void {
    if (this.#isDue) return;
    if (this.#isHasty && !isHeldUp) {
      this.#timer?.cancel();
      this.#scope.runInAsyncScope(() => this.#flushSoon());
    } else if (this.#timer === undefined) {
      this.#scope.runInAsyncScope(() => {
        this.#timer = this.#clock.after(this.#intervalMillis, () => this.#flushSoon());
      });
    }
  }

  /** From now on nothing waits for others longer than for the input of the turn. */
  makeHaste(): void {
    this.#isHasty = true;
    this.cancel();
    this.#timer = undefined;
  }

  /** The end has come: what was armed is due no more. */
  cancel(): void {
    this.#timer?.cancel();
  }

  /**
   * Over TLS a write is done when the turn ends, and until then the last one of an exit could not leave. So it is made when the turn
   * has little left to do, least of all timers.
   */
  #flushSoon(): void {
    this.#timer = undefined;
    this.#isDue = true;
    this.#clock.duringInput(() => {
      this.#isDue = false;
      this.#onDue();
    });
  }
}
