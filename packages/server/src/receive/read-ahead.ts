import type { PendingLoad } from '../store/store.ts';
import { isOverloaded, type PendingLimits } from './overload.ts';

/**
 * What may wait for its commit before connections are not read any more: two of the writer's transactions, so that it
 * never runs dry. More would only live longer in memory, where the garbage collector has to move it about: the client has
 * it anyway.
 */
const LIMITS: PendingLimits = { maxPendingEvents: 8192, maxPendingBytes: 8_388_608 };

/** Says whether the store has enough to do, and calls those back who wait for it to have less. */
export class ReadAhead {
  readonly #pending: () => PendingLoad;
  readonly #waiting = new Set<() => void>();

  constructor(pending: () => PendingLoad) {
    this.#pending = pending;
  }

  get enough(): boolean {
    return isOverloaded(this.#pending(), LIMITS);
  }

  /** Calls back once, when there is less to do; only to be used while there is enough. */
  wait(callback: () => void): void {
    this.#waiting.add(callback);
  }

  /** To be called when something has been stored or refused. */
  settled(): void {
    if (this.#waiting.size === 0 || this.enough) return;
    const callbacks = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of callbacks) callback();
  }
}
