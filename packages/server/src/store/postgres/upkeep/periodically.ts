/** Runs a task again and again, never two at once, without keeping the process alive. */
export class Periodically {
  readonly #task: () => Promise<boolean>;
  readonly #millis: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param task - resolves with whether there is more to do, which is then done at once; a failure waits as success does */
  constructor(millis: number, task: () => Promise<boolean>) {
    this.#millis = millis;
    this.#task = task;
    this.#schedule(0);
  }

  /** Waits for the task that runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(millis: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, millis);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    const isMore = await this.#task().catch(() => false);
    if (!this.#isClosed) this.#schedule(isMore ? 0 : this.#millis);
  }
}
