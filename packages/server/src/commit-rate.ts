import type { EndpointKey } from './analytics.ts';
import { endpointName, type StoredEvent } from './event.ts';

/** Over how many seconds the rate is taken. */
const SECONDS = 10;

/** What a rate is asked of. */
interface RateFilter {
  readonly clientId?: string | undefined;
  readonly endpoint?: EndpointKey | undefined;
}

interface Slot {
  readonly second: number;
  readonly counts: Map<string, number>;
}

/** Requests per second over the last ten seconds, by when they were stored. It holds counts, no events. */
export class CommitRate {
  readonly #seconds: () => number;
  #slots: Slot[] = [];

  /** @param seconds - a clock that never goes back, in seconds */
  constructor(seconds: () => number = () => performance.now() / 1000) {
    this.#seconds = seconds;
  }

  /** To be called after each commit. */
  add(events: readonly StoredEvent[]): void {
    const { counts } = this.#slot();
    for (const event of events) {
      const key = `${event.clientId}${SEPARATOR}${event.method}${SEPARATOR}${endpointName(event)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }

  /** Of all requests, or of those of one client id or one endpoint or both. */
  perSecond({ clientId, endpoint }: RateFilter): number {
    const oldest = Math.floor(this.#seconds()) - SECONDS;
    let requests = 0;
    for (const { second, counts } of this.#slots) {
      if (second < oldest) continue;
      for (const [key, count] of counts) {
        const [client, method, name] = key.split(SEPARATOR);
        const matches =
          (clientId === undefined || client === clientId) &&
          (endpoint === undefined || (method === endpoint.method && name === endpoint.endpoint));
        if (matches) requests += count;
      }
    }
    return requests / SECONDS;
  }

  #slot(): Slot {
    const second = Math.floor(this.#seconds());
    const last = this.#slots.at(-1);
    if (last?.second === second) return last;
    const slot = { second, counts: new Map<string, number>() };
    this.#slots = [...this.#slots.filter((each) => each.second >= second - SECONDS), slot];
    return slot;
  }
}

/** No stored text holds a NUL. */
const SEPARATOR = '\0';
