import type { KeyRotation } from '../config.ts';
import { DAY_MILLIS, HOUR_MILLIS } from '../durations.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { PrivateFile } from './private-file.ts';

const CHECK_MILLIS = 60_000;
/** By less clocks are set back now and then, also over midnight. */
const SET_BACK_MILLIS: number = 2 * HOUR_MILLIS;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_DAY = 4;

/** What a key that changes by itself needs. */
export interface RotatingKeyOptions {
  readonly initial: string;
  readonly rotation: KeyRotation;
  /** Makes up a new key and puts it in the place of the old one. */
  readonly renew: () => string;
  /** Where the time of the last change is kept; undefined to keep nothing. */
  readonly path: string | undefined;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * The key of the address hash. It is made anew, never derived: with the old key gone, nobody can tell that a pseudonym from
 * before a change and one from after it are of one client.
 */
export class RotatingKey {
  readonly #options: RotatingKeyOptions;
  readonly #now: () => number;
  readonly #file: PrivateFile | undefined;
  #value: string;
  #changedAt: number;
  #hasFailed = false;

  /** @throws CerberusServerError `CREDENTIALS_FILE` */
  constructor(options: RotatingKeyOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#value = options.initial;
    const isOff = options.rotation === 'off';
    this.#file = isOff || options.path === undefined ? undefined : new PrivateFile(options.path);
    const kept = this.#file?.read(parseTime);
    this.#changedAt = kept ?? this.#now();
    // From here on it is counted; a key of unknown age is kept until the next boundary.
    if (kept === undefined) this.#file?.write(timeToJson(this.#changedAt));
    this.#renewIfDue();
  }

  /** The key of this moment. */
  get current(): string {
    this.#renewIfDue();
    return this.#value;
  }

  /** Looks at the clock also when nobody asks for the key. @returns stops it */
  start(): () => void {
    if (this.#options.rotation === 'off') return () => undefined;
    const timer = setInterval(() => this.#renewIfDue(), CHECK_MILLIS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** The clock was ahead when the key was changed: to wait until it is there again could take years. The next boundary counts. */
  #correct(now: number): void {
    if (this.#changedAt - now <= SET_BACK_MILLIS) return;
    this.#changedAt = now;
    try {
      this.#file?.write(timeToJson(now));
    } catch {
      // Then it is corrected anew at the next start.
    }
  }

  #renewIfDue(): void {
    const { rotation, renew, log } = this.#options;
    const now = this.#now();
    if (rotation === 'off') return;
    this.#correct(now);
    // A clock that went back changes nothing.
    if (periodOf(rotation, now) <= periodOf(rotation, this.#changedAt)) return;
    try {
      this.#value = renew();
      this.#changedAt = now;
      this.#file?.write(timeToJson(now));
      this.#hasFailed = false;
      log('info', `the key of the address hash was changed, as it is ${rotation}`);
    } catch (error) {
      if (!this.#hasFailed) log('error', `the key of the address hash was not changed: ${messageOf(error)}`);
      this.#hasFailed = true;
    }
  }
}

/** The number of the day, week or month (UTC) that an instant is in. */
export function periodOf(rotation: Exclude<KeyRotation, 'off'>, millis: number): number {
  const day = Math.floor(millis / DAY_MILLIS);
  if (rotation === 'daily') return day;
  if (rotation === 'weekly') return Math.floor((day - FIRST_MONDAY_DAY) / 7);
  const date = new Date(millis);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function parseTime(value: unknown): number {
  const { version, changed_at: changedAt } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const time = Date.parse(String(changedAt));
  if (version !== 1 || Number.isNaN(time)) throw new TypeError('it has no time of version 1');
  return time;
}

function timeToJson(millis: number): object {
  return { version: 1, changed_at: new Date(millis).toISOString() };
}
