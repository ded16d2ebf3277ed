import type { KeyObject } from 'node:crypto';
import { pseudonym, type Pseudonym } from './ip-hasher.ts';

/**
 * The hash of the peer of one connection, which is nearly always the same for all of its requests. To be kept with the connection, which
 * has the address too: then neither is kept for longer than without it.
 */
export class PeerHash {
  #key: KeyObject | undefined;
  #address: string | undefined;
  #hash: Pseudonym | undefined;

  under(key: KeyObject, address: string): Pseudonym {
    // A middleware may have changed what the connection says of itself.
    if (this.#hash === undefined || this.#key !== key || this.#address !== address) {
      this.#hash = pseudonym(key, address);
      this.#key = key;
      this.#address = address;
    }
    return this.#hash;
  }
}
