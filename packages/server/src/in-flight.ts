import type { Peer } from './peer.ts';

/** Counts what a session has handed to the store, and stops reading from a client that runs ahead of its window. */
export class InFlight {
  readonly #peer: Peer;
  readonly #limit: number;
  #count = 0;
  #paused = false;
  #idle: (() => void)[] = [];

  constructor(peer: Peer, limit: number) {
    this.#peer = peer;
    this.#limit = limit;
  }

  add(): void {
    this.#count += 1;
    if (this.#count < this.#limit || this.#paused) return;
    this.#paused = true;
    this.#peer.pause();
  }

  remove(): void {
    this.#count -= 1;
    if (this.#paused && this.#count < this.#limit) {
      this.#paused = false;
      this.#peer.resume();
    }
    if (this.#count > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when everything was stored or refused. */
  settled(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
