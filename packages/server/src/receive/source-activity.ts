import type { ProducerRef } from '../store/questions/producer.ts';

/** A producer that is connected. */
export interface ConnectedSource extends ProducerRef {
  /** Since when, milliseconds since the epoch; of several connections the oldest. */
  readonly since: number;
  /** Frames that had to wait, while it was connected. */
  readonly throttled: number;
}

/** A connection of a producer. */
export interface SourceConnection {
  readonly throttled: () => void;
  /** Idempotent. */
  readonly ended: () => void;
}

interface Entry {
  readonly ref: ProducerRef;
  readonly since: number;
  throttled: number;
}

/** Who is connected now. Nothing is kept of those who have gone. */
export class SourceActivity {
  readonly #entries = new Set<Entry>();

  connected(ref: ProducerRef): SourceConnection {
    const entry: Entry = { ref, since: Date.now(), throttled: 0 };
    this.#entries.add(entry);
    return {
      throttled: () => void (entry.throttled += 1),
      ended: () => void this.#entries.delete(entry),
    };
  }

  /** By key of the producer. Event-mode senders of one client id are one. */
  snapshot(): ReadonlyMap<string, ConnectedSource> {
    const sources = new Map<string, ConnectedSource>();
    for (const { ref, since, throttled } of this.#entries) {
      const before = sources.get(ref.producer);
      sources.set(ref.producer, {
        ...ref,
        since: before?.since ?? since,
        throttled: (before?.throttled ?? 0) + throttled,
      });
    }
    return sources;
  }
}
