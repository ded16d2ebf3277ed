import { endpointName, type StoredEvent } from '../event/event.ts';
import { countOne, within } from '../nested-maps.ts';
import { foldAscii, isToldByKeys, type EventFilter } from '../store/filter/event-filter.ts';
import type { RequestRate } from '../store/questions/request-rate.ts';

/** Over how many seconds the rate is taken. */
const SECONDS = 10;

interface Slot {
  readonly second: number;
  /** By client id, method and endpoint. */
  readonly counts: Map<string, Map<string, Map<string, number>>>;
}

/** Requests per second over the last ten seconds, by when they were stored. It holds counts, no events. */
export class CommitRate implements RequestRate {
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
      countOne(within(within(counts, event.clientId), event.method), endpointName(event));
    }
  }

  /** Of all requests, or of those that a filter leaves, whatever their time; `undefined` where keys do not tell which these are. */
  perSecond(filter: EventFilter = {}): number | undefined {
    if (!isToldByKeys(filter)) return undefined;
    const { clientId, method, endpoint } = filter;
    const part = filter.endpointPart === undefined ? undefined : foldAscii(filter.endpointPart);
    const oldest = Math.floor(this.#seconds()) - SECONDS;
    let requests = 0;
    for (const { second, counts } of this.#slots) {
      if (second < oldest) continue;
      for (const [client, byMethod] of counts) {
        if (clientId !== undefined && client !== clientId) continue;
        for (const [methodOfThese, byEndpoint] of byMethod) {
          if (method !== undefined && methodOfThese !== method) continue;
          for (const [name, count] of byEndpoint) {
            if (endpoint !== undefined && name !== endpoint) continue;
            if (part !== undefined && !foldAscii(name).includes(part)) continue;
            requests += count;
          }
        }
      }
    }
    return requests / SECONDS;
  }

  #slot(): Slot {
    const second = Math.floor(this.#seconds());
    const last = this.#slots.at(-1);
    if (last?.second === second) return last;
    const slot: Slot = { second, counts: new Map() };
    this.#slots = [...this.#slots.filter((each) => each.second >= second - SECONDS), slot];
    return slot;
  }
}
