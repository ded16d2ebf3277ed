import type { Peer } from './peer.ts';
import type { ReadAhead } from './read-ahead.ts';

/**
 * Counts what a session has handed to the store, and stops reading from a client that runs ahead of its window, or while
 * the store has enough to do.
 */
export class InFlight {
  readonly #peer: Peer;
  readonly #limit: number;
  readonly #readAhead: ReadAhead;
  readonly #resume = (): void => this.#resumeIfRoom();
  #count = 0;
  #paused = false;
  #idle: (() => void)[] = [];

  constructor(peer: Peer, limit: number, readAhead: ReadAhead) {
    this.#peer = peer;
    this.#limit = limit;
    this.#readAhead = readAhead;
  }

  /** To be called after the store has been given something. */
  add(): void {
    this.#count += 1;
    const { enough } = this.#readAhead;
    if (enough) this.#readAhead.wait(this.#resume);
    if (this.#paused || (this.#count < this.#limit && !enough)) return;
    this.#paused = true;
    this.#peer.pause();
  }

  remove(): void {
    this.#count -= 1;
    this.#resumeIfRoom();
    if (this.#count > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when everything was stored or refused. */
  settled(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #resumeIfRoom(): void {
    if (!this.#paused || this.#count >= this.#limit) return;
    if (this.#readAhead.enough) {
      this.#readAhead.wait(this.#resume);
      return;
    }
    this.#paused = false;
    this.#peer.resume();
  }
}
