import type { Clock, Timer } from '../clock.ts';

/** What a heartbeat needs of its surroundings. */
export interface HeartbeatSubject {
  ping(): void;
  /** How many times `pingTimeoutMillis` the answer may take: what was sent before the ping arrives before it. */
  patience(): number;
  /** No sign of life came in time. */
  onDead(): void;
}

export interface HeartbeatConfig {
  readonly pingIntervalMillis: number;
  readonly pingTimeoutMillis: number;
}

/**
 * Finds a dead link that looks open: after `pingIntervalMillis` of silence it pings, and after `pingTimeoutMillis`
 * more it gives up. Anything received counts as life.
 */
export class Heartbeat {
  readonly #config: HeartbeatConfig;
  readonly #clock: Clock;
  readonly #subject: HeartbeatSubject;
  #lastLife: number;
  #timer: Timer;
  #stopped = false;

  constructor(config: HeartbeatConfig, clock: Clock, subject: HeartbeatSubject) {
    this.#config = config;
    this.#clock = clock;
    this.#subject = subject;
    this.#lastLife = clock.now();
    this.#timer = this.#waitForSilence(config.pingIntervalMillis);
  }

  /** Something was received. */
  life(): void {
    this.#lastLife = this.#clock.now();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.cancel();
  }

  #waitForSilence(millis: number): Timer {
    return this.#clock.after(millis, () => {
      if (this.#stopped) return;
      const silence = this.#clock.now() - this.#lastLife;
      if (silence >= this.#config.pingIntervalMillis) this.#ping();
      else this.#timer = this.#waitForSilence(this.#config.pingIntervalMillis - silence);
    });
  }

  #ping(): void {
    const pingedAt = this.#clock.now();
    this.#subject.ping();
    this.#timer = this.#clock.after(this.#config.pingTimeoutMillis * this.#subject.patience(), () =>
      // An event loop that was blocked has unread input: that comes first, then the verdict.
      this.#clock.afterInput(() => {
        if (this.#stopped) return;
        if (this.#lastLife >= pingedAt) this.#timer = this.#waitForSilence(this.#config.pingIntervalMillis);
        else this.#subject.onDead();
      }),
    );
  }
}
