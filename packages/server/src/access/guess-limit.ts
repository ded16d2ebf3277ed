import { countOne } from '../nested-maps.ts';

const WINDOW_MILLIS = 60_000;
const MAX_GUESSES_PER_ADDRESS = 10;
/** Bounds the memory too; guessing from many addresses is no better than from one. */
const MAX_GUESSES = 100;
const MAX_PROVEN = 1000;

/** What is known of wrong tokens at other servers. */
export interface GuessesElsewhere {
  /** Milliseconds for which it holds. */
  readonly millisLeft: number;
  /** From all addresses, at all servers. */
  readonly total: number;
  /** From one address, at all servers. */
  readonly of: (address: string) => number;
}

/**
 * Counts wrong tokens in windows of a minute, wherever they are presented. A token is counted in the same turn in which it is
 * looked at, so that any number of them at once are as many as one after the other. Nobody who has the right one is refused.
 */
export class GuessLimit {
  readonly #now: () => number;
  #windowEnd = 0;
  #guesses = new Map<string, number>();
  #total = 0;
  /** Addresses that the right token came from, the latest last: others' guesses do not slow them down. */
  readonly #proven = new Set<string>();
  #elsewhere: GuessesElsewhere | undefined;
  #elsewhereEnd = 0;
  #onWrong: ((address: string) => void) | undefined;

  /** @param now milliseconds of any steady clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Calls back with each wrong token. */
  onWrong(listener: (address: string) => void): void {
    this.#onWrong = listener;
  }

  /** Others count as well: what they have counted holds for as long as their minute. */
  heard(elsewhere: GuessesElsewhere): void {
    this.#elsewhere = elsewhere;
    this.#elsewhereEnd = this.#now() + elsewhere.millisLeft;
  }

  /** @returns seconds until this address may guess again; 0: this guess was within the limit */
  wrong(address: string): number {
    this.#beginWindow();
    const end = this.#endOf(address);
    this.#total += 1;
    if (this.#total <= MAX_GUESSES || this.#guesses.has(address) || this.#proven.has(address)) {
      countOne(this.#guesses, address);
    }
    this.#onWrong?.(address);
    return Math.max(0, Math.ceil((end - this.#now()) / 1000));
  }

  right(address: string): void {
    this.#proven.delete(address);
    this.#proven.add(address);
    const [oldest] = this.#proven;
    if (this.#proven.size > MAX_PROVEN && oldest !== undefined) this.#proven.delete(oldest);
  }

  /** Whether as many wrong tokens came from an address in this minute as may, or from all and it has shown no right one. */
  isOver(address: string): boolean {
    return this.#endOf(address) > this.#now();
  }

  /** When an address may guess again, on the clock; 0: it may. */
  #endOf(address: string): number {
    const now = this.#now();
    const elsewhere = now < this.#elsewhereEnd ? this.#elsewhere : undefined;
    const isOverHere =
      now < this.#windowEnd && this.#isTooMany(address, this.#guesses.get(address) ?? 0, this.#total);
    const isOverElsewhere =
      elsewhere !== undefined && this.#isTooMany(address, elsewhere.of(address), elsewhere.total);
    return Math.max(isOverHere ? this.#windowEnd : 0, isOverElsewhere ? this.#elsewhereEnd : 0);
  }

  #isTooMany(address: string, guesses: number, total: number): boolean {
    return guesses >= MAX_GUESSES_PER_ADDRESS || (total >= MAX_GUESSES && !this.#proven.has(address));
  }

  #beginWindow(): void {
    const now = this.#now();
    if (now < this.#windowEnd) return;
    this.#windowEnd = now + WINDOW_MILLIS;
    this.#guesses = new Map();
    this.#total = 0;
  }
}
