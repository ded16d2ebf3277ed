import type { Clock, Timer } from '@cerberus-otel/exporter-ws/internal';

interface Due {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  #now = 0;
  #due: Due[] = [];
  randomValue = 0.5;

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.randomValue;
  }

  after(millis: number, callback: () => void): Timer {
    const due = { at: this.#now + millis, callback };
    this.#due.push(due);
    return {
      cancel: () => {
        this.#due = this.#due.filter((other) => other !== due);
      },
    };
  }

  holdFor(millis: number, callback: () => void): Timer {
    return this.after(millis, callback);
  }

  duringInput(callback: () => void): void {
    setImmediate(callback);
  }

  afterInput(callback: () => void): void {
    // What the process has received is no matter of time, so this is real.
    setImmediate(() => setImmediate(callback));
  }

  /** Milliseconds until each timer that is set, soonest first. */
  get waits(): number[] {
    return this.#due.map((due) => due.at - this.#now).toSorted((a, b) => a - b);
  }

  advance(millis: number): void {
    const end = this.#now + millis;
    for (;;) {
      const [next] = this.#due.filter((due) => due.at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((due) => due !== next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }
}
