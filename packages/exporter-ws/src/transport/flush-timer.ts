import type { AsyncResource } from 'node:async_hooks';
import type { Clock, Timer } from '../clock.ts';

/** Bounds how long an event waits for a batch to fill up. */
export class FlushTimer {
  readonly #clock: Clock;
  readonly #intervalMillis: number;
  readonly #scope: AsyncResource;
  readonly #onDue: () => void;
  #timer: Timer | undefined;
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

  /** Something waits. */
  arm(): void {
    if (this.#timer !== undefined) return;
    const flush = (): void => {
      this.#timer = undefined;
      this.#onDue();
    };
    // Over TLS a write is done when the turn ends, and until then the last one of an exit could not leave. So it is made when
    // the turn has little left to do, least of all timers.
    const flushLater = (): void => this.#clock.duringInput(flush);
    this.#scope.runInAsyncScope(() => {
      this.#timer = this.#isHasty ? { cancel() {} } : this.#clock.after(this.#intervalMillis, flushLater);
      if (this.#isHasty) flushLater();
    });
  }

  /** From now on nothing waits longer than to the end of the turn. */
  makeHaste(): void {
    this.#isHasty = true;
    this.cancel();
    this.#timer = undefined;
  }

  /** The end has come: what was armed is due no more. */
  cancel(): void {
    this.#timer?.cancel();
  }
}
