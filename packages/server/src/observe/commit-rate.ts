import type { StoredEvent } from '../event/event.ts';
import { eventKeys, withinKeys, type EventKeys, type KeyTree } from '../store/figures/event-keys.ts';
import { isToldByKeys, type EventFilter } from '../store/filter/event-filter.ts';
import { finder } from '../store/filter/search.ts';
import type { RequestRate } from '../store/questions/request-rate.ts';

/** Over how many seconds the rate is taken. */
const SECONDS = 10;

interface Counted {
  readonly keys: EventKeys;
  requests: number;
}

interface Slot {
  readonly second: number;
  readonly tree: KeyTree<Counted>;
  /** All of the tree. */
  readonly counts: Counted[];
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
    const { tree, counts } = this.#slot();
    for (const event of events) {
      const keys = eventKeys(event);
      const ofEnvironment = withinKeys(tree, keys);
      let counted = ofEnvironment.get(keys.synthetic);
      if (counted === undefined) {
        counted = { keys, requests: 0 };
        ofEnvironment.set(keys.synthetic, counted);
        counts.push(counted);
      }
      counted.requests += 1;
    }
  }

  /** Of all requests, or of those that a filter leaves, whatever their time; `undefined` where keys do not tell which these are. */
  perSecond(filter: EventFilter = {}): number | undefined {
    if (!isToldByKeys(filter)) return undefined;
    const isMeant = meantBy(filter);
    const oldest = Math.floor(this.#seconds()) - SECONDS;
    let requests = 0;
    for (const { second, counts } of this.#slots) {
      if (second < oldest) continue;
      for (const counted of counts) if (isMeant(counted.keys)) requests += counted.requests;
    }
    return requests / SECONDS;
  }

  #slot(): Slot {
    const second = Math.floor(this.#seconds());
    const last = this.#slots.at(-1);
    if (last?.second === second) return last;
    const slot: Slot = { second, tree: new Map(), counts: [] };
    this.#slots = [...this.#slots.filter((each) => each.second >= second - SECONDS), slot];
    return slot;
  }
}

/** Whether a filter's conditions on keys hold. */
function meantBy(filter: EventFilter): (keys: EventKeys) => boolean {
  const isFound = finder(filter.endpointPart);
  return ({ clientId, method, endpoint, release, environment, synthetic }) =>
    is(filter.clientId, clientId) &&
    is(filter.method, method) &&
    is(filter.endpoint, endpoint) &&
    isFound(endpoint) &&
    is(filter.release, release) &&
    is(filter.environment, environment) &&
    isAsker(filter.synthetic, synthetic);
}

/** Whether a key is what is asked for, if anything is. */
function is(wanted: string | undefined, key: string): boolean {
  return wanted === undefined || wanted === key;
}

function isAsker(wanted: EventFilter['synthetic'], synthetic: string): boolean {
  if (wanted === 'any') return synthetic !== '';
  if (wanted === 'none') return synthetic === '';
  return wanted === undefined || wanted === synthetic;
}
