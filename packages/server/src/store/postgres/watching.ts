import { setTimeout as sleep } from 'node:timers/promises';

import type { StoredEvent } from '../../event/event.ts';
import type { WatchListener } from '../store.ts';

const POLL_MILLIS = 300;

/** Batches that stay pending for so long are seen by whoever looks every {@link POLL_MILLIS}. */
export const WATCHED_MILLIS = 2000;

/** Nobody can look at more; the rest is only counted. */
const MOST_EVENTS = 500;

/** A batch that was stored lately, here or elsewhere. */
export interface RecentBatch {
  readonly batch: number;
  readonly events: number;
}

/** What watching needs of the database. */
export interface WatchReads {
  /** Batches that were stored in the last so many milliseconds, in the order of their numbers. */
  readonly batchesOf: (millis: number) => Promise<readonly RecentBatch[]>;
  /** The newest events of some batches, in the order of their ids. */
  readonly eventsOf: (batches: readonly number[], limit: number) => Promise<readonly StoredEvent[]>;
}

/** Looks for new events of all servers while somebody watches, and not otherwise. */
export class Watching {
  readonly #reads: WatchReads;
  readonly #listeners = new Set<WatchListener>();
  #looking: Promise<void> | undefined;

  constructor(reads: WatchReads) {
    this.#reads = reads;
  }

  add(listener: WatchListener): () => void {
    this.#listeners.add(listener);
    this.#looking ??= this.#look();
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const start = performance.now();
    let seen: ReadonlySet<number> = new Set();
    while (this.#listeners.size > 0) {
      await sleep(POLL_MILLIS, undefined, { ref: false });
      try {
        const recent = await this.#reads.batchesOf(Math.min(2 * WATCHED_MILLIS, performance.now() - start));
        const fresh = recent.filter(({ batch }) => !seen.has(batch));
        seen = new Set(recent.map(({ batch }) => batch));
        if (fresh.length > 0) await this.#tell(fresh);
      } catch {
        // Who watches sees nothing new while the database is away; those who store tell of it.
      }
    }
    this.#looking = undefined;
  }

  async #tell(fresh: readonly RecentBatch[]): Promise<void> {
    const count = fresh.reduce((sum, { events }) => sum + events, 0);
    const events = await this.#reads.eventsOf(
      fresh.map(({ batch }) => batch),
      MOST_EVENTS,
    );
    for (const listener of this.#listeners) listener(events, count - events.length);
  }
}
