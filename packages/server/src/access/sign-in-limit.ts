import { countOne } from '../nested-maps.ts';

const WINDOW_MILLIS = 60_000;
const MAX_FAILURES_PER_ADDRESS = 10;
/** Bounds the memory too; behind a proxy all have its address, and guessing from many is no better than from one. */
const MAX_FAILURES = 100;

/** Counts failed sign-ins in windows of a minute. Only failures count, so that nobody is slowed by signing in. */
export class SignInLimit {
  readonly #now: () => number;
  #windowEnd = 0;
  #failures = new Map<string, number>();
  #total = 0;

  /** @param now milliseconds of any steady clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Seconds until this address may try again; 0: now. While it waits, not even the right token is looked at. */
  waitSeconds(address: string): number {
    const remaining = this.#windowEnd - this.#now();
    if (remaining <= 0) return 0;
    const spent =
      (this.#failures.get(address) ?? 0) >= MAX_FAILURES_PER_ADDRESS || this.#total >= MAX_FAILURES;
    return spent ? Math.ceil(remaining / 1000) : 0;
  }

  failed(address: string): void {
    const now = this.#now();
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + WINDOW_MILLIS;
      this.#failures = new Map();
      this.#total = 0;
    }
    countOne(this.#failures, address);
    this.#total += 1;
  }
}
