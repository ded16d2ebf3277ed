/** The events that were stored last, by number: so far apart a span and its repetition may be, and still be told. */
export const WINDOW_SPANS = 100_000;

/**
 * Remembers which spans were taken, so that a request that is sent again stores nothing twice. In memory only: what a span is known by
 * takes a hundred bytes or so, of at most twice {@link WINDOW_SPANS}.
 */
export class SpanWindow {
  readonly #size: number;
  #recent = new Map<string, Promise<unknown>>();
  #older: ReadonlyMap<string, Promise<unknown>> = new Map();

  constructor(size: number = WINDOW_SPANS) {
    this.#size = size;
  }

  /** What became of a span that was taken before: settles as its commit does. */
  find(id: string): Promise<unknown> | undefined {
    return this.#recent.get(id) ?? this.#older.get(id);
  }

  /** @param stored its commit; the span is forgotten when that fails */
  add(ids: readonly string[], stored: Promise<unknown>): void {
    for (const id of ids) {
      if (this.#recent.size >= this.#size) {
        this.#older = this.#recent;
        this.#recent = new Map();
      }
      this.#recent.set(id, stored);
    }
    stored.catch(() => this.#forget(ids, stored));
  }

  #forget(ids: readonly string[], stored: Promise<unknown>): void {
    for (const generation of [this.#recent, this.#older as Map<string, Promise<unknown>>])
      for (const id of ids) if (generation.get(id) === stored) generation.delete(id);
  }
}
