import type { KeyObject } from 'node:crypto';
import { equalJitter, type Clock, type Reporter, type Timer } from '@cerberus-otel/exporter-ws/internal';
import { keyBackendOf, type ProcessorConfig } from '../config.ts';
import { isShortKey, RECOMMENDED_KEY_BYTES, secretKeyOf } from '../enrich/ip-hasher.ts';
import { secretKeyFetch, type KeyAnswer, type KeyFetch } from './secret-key-fetch.ts';

/** Where the HMAC key comes from. */
export interface SecretKeySource {
  /** The key, once there is one. */
  readonly current: KeyObject | undefined;
  /** True for as long as it is worth waiting: from `start` until the first key, but no longer than 5 s. */
  readonly acquiring: boolean;
  /** The first span was seen: may open sockets and timers from now on. Idempotent. */
  start(): void;
  /** Resolves when the attempt that is under way has ended. Never rejects. */
  attempt(): Promise<void>;
  /** Stops refreshing. The key stays. */
  stop(): void;
}

const ATTEMPT_TIMEOUT_MILLIS = 5000;
const ACQUIRE_MILLIS = 5000;
const REFRESH_MILLIS = 300_000;
const BACKOFF = { initialMillis: 1000, maxMillis: REFRESH_MILLIS };

/** Warns about a key that is easier to guess than the addresses it hides; once per process and reporter. */
function warnIfShort(key: KeyObject, reporter: Reporter): void {
  if (!isShortKey(key)) return;
  reporter.condition(
    'CERBERUS_SECRET_KEY_SHORT',
    `the secret key has fewer than ${RECOMMENDED_KEY_BYTES} bytes: whoever guesses it can find the addresses again`,
  );
}

/** A key that was configured, or none. */
export function fixedKey(secretKey: string | undefined, reporter: Reporter): SecretKeySource {
  const current = secretKey === undefined ? undefined : secretKeyOf(secretKey);
  if (current !== undefined) warnIfShort(current, reporter);
  return {
    current,
    acquiring: false,
    start: () => undefined,
    attempt: () => Promise.resolve(),
    stop: () => undefined,
  };
}

/** What a `FetchedKey` works with. */
export interface FetchedKeyParts {
  readonly fetchKey: KeyFetch;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Called when it is no longer worth waiting: the key came, or 5 s are over. */
  readonly onAcquired: () => void;
}

/** A key from the backend: fetched with the first span, tried again with backoff, refreshed while in use. */
export class FetchedKey implements SecretKeySource {
  readonly #parts: FetchedKeyParts;
  #state: 'idle' | 'acquiring' | 'running' | 'stopped' = 'idle';
  #key: KeyObject | undefined;
  #warnedShort = false;
  #failures = 0;
  /** Since there was an answer with a key. */
  #saidRefused = false;
  #window: Timer | undefined;
  #next: Timer | undefined;
  #deadline: Timer | undefined;
  #abort: AbortController | undefined;
  #underWay: Promise<void> = Promise.resolve();

  constructor(parts: FetchedKeyParts) {
    this.#parts = parts;
  }

  get current(): KeyObject | undefined {
    return this.#key;
  }

  get acquiring(): boolean {
    return this.#state === 'acquiring';
  }

  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'acquiring';
    this.#window = this.#parts.clock.after(ACQUIRE_MILLIS, () => this.#acquired());
    this.#attempt();
  }

  attempt(): Promise<void> {
    return this.#underWay;
  }

  stop(): void {
    this.#state = 'stopped';
    this.#window?.cancel();
    this.#next?.cancel();
    this.#deadline?.cancel();
    this.#abort?.abort();
  }

  #attempt(): void {
    const abort = new AbortController();
    this.#abort = abort;
    this.#deadline = this.#parts.clock.after(ATTEMPT_TIMEOUT_MILLIS, () => abort.abort());
    this.#underWay = this.#parts.fetchKey(abort.signal).then((answer) => {
      this.#deadline?.cancel();
      if (this.#state !== 'stopped') this.#answered(answer);
    });
  }

  #answered(answer: KeyAnswer): void {
    const { clock } = this.#parts;
    if (answer.outcome === 'key') {
      this.#accept(answer.secretKey);
      const wait = REFRESH_MILLIS * (0.9 + 0.2 * clock.random());
      this.#next = clock.after(wait, () => this.#attempt());
      return;
    }
    this.#report(answer);
    const wait = equalJitter(this.#failures, BACKOFF, clock.random());
    this.#failures += 1;
    this.#next = clock.after(wait, () => this.#attempt());
  }

  #accept(secret: string): void {
    const { reporter } = this.#parts;
    if (this.#failures > 0) reporter.info('the secret key could be fetched again');
    this.#failures = 0;
    this.#saidRefused = false;
    const key = secretKeyOf(secret);
    if (this.#key === undefined || !this.#key.equals(key)) {
      if (this.#key !== undefined) reporter.info('the backend has a new secret key: pseudonyms change');
      this.#key = key;
      if (!this.#warnedShort) warnIfShort(key, reporter);
      this.#warnedShort ||= isShortKey(key);
    }
    this.#acquired();
  }

  #acquired(): void {
    if (this.#state !== 'acquiring') return;
    this.#state = 'running';
    this.#window?.cancel();
    this.#parts.onAcquired();
  }

  /** One line when it begins to fail and one when the backend refuses, none while either goes on. */
  #report(answer: Exclude<KeyAnswer, { outcome: 'key' }>): void {
    const isNew = answer.outcome === 'refused' ? !this.#saidRefused : this.#failures === 0;
    this.#saidRefused ||= answer.outcome === 'refused';
    if (!isNew) return;
    const { reporter } = this.#parts;
    const without =
      this.#key === undefined ? 'events carry no address until it comes' : 'the old one stays in use';
    const message = `the secret key could not be fetched (${answer.reason}); ${without}`;
    if (answer.outcome === 'refused') reporter.condition('CERBERUS_CREDENTIALS_REFUSED', message);
    else if (this.#key === undefined) reporter.condition('CERBERUS_NO_KEY', message);
    else reporter.warn(message);
  }
}

/**
 * The source that a configuration asks for.
 *
 * @throws CerberusConfigError
 */
export function secretKeySource(
  config: ProcessorConfig,
  parts: Omit<FetchedKeyParts, 'fetchKey'>,
): SecretKeySource {
  const { reporter } = parts;
  const backend = keyBackendOf(config);
  if (backend !== undefined) {
    if (backend.insecure) {
      reporter.condition(
        'CERBERUS_INSECURE_TRANSPORT',
        '`backendUrl` is not encrypted: whoever listens gets the token and the secret key',
      );
    }
    return new FetchedKey({ ...parts, fetchKey: secretKeyFetch(backend) });
  }
  if (config.secretKey === undefined && config.sourceIp === 'hash') {
    reporter.condition(
      'CERBERUS_NO_KEY',
      'neither `secretKey` nor `backendUrl` is set: events carry no client address',
    );
  }
  return fixedKey(config.secretKey, reporter);
}
