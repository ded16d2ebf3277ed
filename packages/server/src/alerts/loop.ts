import type { ForgettingClock } from '../store/forgetting.ts';

/** Runs a task again and again, never two at once. The task never rejects. */
export class Loop {
  readonly #task: () => Promise<void>;
  readonly #stopTimer: () => void;
  #running: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = false;

  constructor(clock: Pick<ForgettingClock, 'every'>, millis: number, task: () => Promise<void>) {
    this.#task = task;
    this.#stopTimer = clock.every(millis, () => this.wake());
  }

  /** Runs it now, or once more when it is done. */
  wake(): void {
    this.#isWanted = true;
    this.#running ??= this.#run();
  }

  /** Waits for the task that runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopTimer();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      await this.#task();
    }
    this.#running = undefined;
  }
}
