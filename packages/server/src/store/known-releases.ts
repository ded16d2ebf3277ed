import { eventTime, type StoredEvent } from '../event/event.ts';
import type { Release } from './questions/release-list.ts';

/** Beyond it everything is forgotten, and learnt again. */
const MOST_KNOWN = 10_000;

/** Which releases are stored, so that a transaction has nothing to do with those that are. */
export class KnownReleases {
  readonly #known = new Set<string>();

  /** @param stored - those that are, as far as is known */
  constructor(stored: Iterable<Release> = []) {
    this.learn(stored);
  }

  /** Releases of events that are not known, in a fixed order: whoever stores them cannot wait for another who does in a circle. */
  newIn(events: readonly StoredEvent[]): readonly Release[] {
    const found = new Map<string, Release>();
    let last: StoredEvent | undefined;
    let isKnown = true;
    for (const event of events) {
      const { clientId, release: version } = event;
      if (version === null) continue;
      // Nearly always that of the event before.
      if (last?.release !== version || last.clientId !== clientId) {
        isKnown = this.#known.has(keyOf(clientId, version));
        last = event;
      }
      if (isKnown) continue;
      const key = keyOf(clientId, version);
      const firstSeen = Math.min(eventTime(event), found.get(key)?.firstSeen ?? Infinity);
      found.set(key, { clientId, version, firstSeen });
    }
    return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, release]) => release);
  }

  /** These are stored now. */
  learn(releases: Iterable<Release>): void {
    for (const { clientId, version } of releases) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.add(keyOf(clientId, version));
    }
  }
}

/** Neither text has a NUL. */
function keyOf(clientId: string, version: string): string {
  return `${clientId}\0${version}`;
}
