import type { Clock } from '../../dist/esm/index.js';

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that passes only when told, and chance that is always `chance`. */
export class FakeClock implements Clock {
  chance = 0.5;
  #now = 0;
  #pending: Pending[] = [];
  #afterInput: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  after(millis: number, callback: () => void): { cancel(): void } {
    const pending = { at: this.#now + millis, callback };
    this.#pending.push(pending);
    return { cancel: () => void (this.#pending = this.#pending.filter((other) => other !== pending)) };
  }

  holdFor(millis: number, callback: () => void): { cancel(): void } {
    return this.after(millis, callback);
  }

  duringInput(callback: () => void): void {
    setImmediate(callback);
  }

  afterInput(callback: () => void): void {
    this.#afterInput.push(callback);
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Lets time pass; `input` stands for what is read before the verdicts that wait for input. */
  pass(millis: number, input: () => void = () => undefined): void {
    const end = this.#now + millis;
    for (;;) {
      const next = this.#pending.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#pending = this.#pending.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      this.#runAfterInput(input);
    }
    this.#now = end;
  }

  /** As an event loop that was blocked: all of `millis` are over before the first timer fires. */
  jump(millis: number, input: () => void = () => undefined): void {
    this.#now += millis;
    this.pass(0, input);
  }

  #runAfterInput(input: () => void): void {
    const waiting = this.#afterInput;
    this.#afterInput = [];
    if (waiting.length > 0) input();
    for (const callback of waiting) callback();
  }
}
