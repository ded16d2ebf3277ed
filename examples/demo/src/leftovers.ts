/**
 * What must not stay behind, however the process ends: child processes, temporary folders. Removed in order when
 * the process exits, unless that was done before.
 */
export class Leftovers {
  readonly #removals = new Set<() => void>();

  constructor(onExit: (listener: () => void) => void) {
    onExit(() => {
      for (const remove of this.#removals) remove();
    });
  }

  /**
   * @param remove is synchronous: nothing else runs any more
   * @returns call it when there is nothing left to remove
   */
  add(remove: () => void): () => void {
    this.#removals.add(remove);
    return () => void this.#removals.delete(remove);
  }
}
