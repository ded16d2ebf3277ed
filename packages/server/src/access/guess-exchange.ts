import { createHmac } from 'node:crypto';

import { countOne } from '../nested-maps.ts';
import type { SharedGuesses } from '../store/shared-guesses.ts';
import type { GuessLimit } from './guess-limit.ts';

/** Guesses must not make the database busy: it is told no more often than this, however many there are. */
const PAUSE_MILLIS = 200;

/** Senders that wait to be told of; more guess no better than these. */
const MAX_SENDERS = 100;

const NAME_BYTES = 16;

/**
 * Lets the limits of all servers on a database know of one another's wrong tokens: the first is told at once, those that follow together.
 * Between two tellings each server has its own count, and where the database is away for as long as it is. Addresses leave as HMACs.
 */
export class GuessExchange {
  readonly #guesses: SharedGuesses;
  readonly #limit: GuessLimit;
  readonly #key: string;
  /** By address. */
  #untold = new Map<string, number>();
  #isTelling = false;

  /** @param key - the same at all servers */
  constructor(guesses: SharedGuesses, limit: GuessLimit, key: string) {
    this.#guesses = guesses;
    this.#limit = limit;
    this.#key = key;
  }

  /** Begins with the next wrong token. */
  start(): void {
    this.#limit.onWrong((address) => this.#add(address));
  }

  #add(address: string): void {
    if (this.#untold.size < MAX_SENDERS || this.#untold.has(address)) countOne(this.#untold, address);
    if (!this.#isTelling) void this.#tell();
  }

  async #tell(): Promise<void> {
    this.#isTelling = true;
    const told = this.#untold;
    this.#untold = new Map();
    try {
      const named = new Map([...told].map(([address, count]) => [this.#nameOf(address), count]));
      const { bySender, millisLeft, total } = await this.#guesses.add(named);
      this.#limit.heard({ total, millisLeft, of: (address) => bySender.get(this.#nameOf(address)) ?? 0 });
    } catch {
      // The database is away. What was counted here holds here.
    }
    setTimeout(() => {
      this.#isTelling = false;
      if (this.#untold.size > 0) void this.#tell();
    }, PAUSE_MILLIS).unref();
  }

  #nameOf(address: string): string {
    return createHmac('sha256', this.#key)
      .update(address)
      .digest('hex')
      .slice(0, NAME_BYTES * 2);
  }
}
