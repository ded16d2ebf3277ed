/** Spans that may wait for the key at a time. */
export const MAX_WAITING = 1000;

/** Holds what ended before the key came, in order, and lets it go all at once. */
export class WaitingRoom<T> {
  readonly #release: (item: T) => void;
  #waiting: T[] = [];

  /** @param release must not throw */
  constructor(release: (item: T) => void) {
    this.#release = release;
  }

  get size(): number {
    return this.#waiting.length;
  }

  get isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  /** @returns false when it is full */
  admit(item: T): boolean {
    if (this.isFull) return false;
    this.#waiting.push(item);
    return true;
  }

  settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const item of waiting) this.#release(item);
  }
}
