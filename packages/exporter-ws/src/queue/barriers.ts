interface Barrier {
  target: number;
  readonly resolve: () => void;
}

/** Promises for "everything up to here is settled". Counts of settled events only grow. */
export class Barriers {
  #barriers: Barrier[] = [];

  /** Somebody waits. */
  get active(): boolean {
    return this.#barriers.length > 0;
  }

  /** Calls `resolve` when `target` events are settled; the result takes that back, and returns what the target is by then. */
  add(target: number, resolve: () => void): { cancel(): number } {
    const barrier = { target, resolve };
    this.#barriers.push(barrier);
    return {
      cancel: () => {
        this.#barriers = this.#barriers.filter((other) => other !== barrier);
        return barrier.target;
      },
    };
  }

  /** So many events have to be settled before all others now. */
  shift(count: number): void {
    for (const barrier of this.#barriers) barrier.target += count;
  }

  /** So many events are settled by now. */
  reached(settled: number): void {
    const passed = this.#barriers.filter((barrier) => barrier.target <= settled);
    if (passed.length === 0) return;
    this.#barriers = this.#barriers.filter((barrier) => barrier.target > settled);
    for (const barrier of passed) barrier.resolve();
  }
}
