import type { StoredEvent } from '../event/event.ts';
import type { CommitInfo, CommitListener } from './store.ts';

/** Those who want to know of each commit. A listener that throws does not hurt the writer or the others. */
export class CommitListeners {
  readonly #listeners = new Set<CommitListener>();

  add(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  notify(events: readonly StoredEvent[], info: CommitInfo): void {
    if (events.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(events, info);
      } catch {
        // What was committed stays committed and must be acknowledged; the listener has to watch its own errors.
      }
    }
  }
}
