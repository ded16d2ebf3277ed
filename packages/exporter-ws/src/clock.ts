import { performance } from 'node:perf_hooks';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** A timer that can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Time and chance, so that tests can own both. This file is the only one that sets timers. */
export interface Clock {
  /** Monotonic milliseconds; unrelated to wall time, so a changed system clock cannot end a wait. */
  now(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Runs `callback` once after `millis`. Does not keep the process alive. */
  after(millis: number, callback: () => void): Timer;
  /** As `after`, but the process stays alive until it fired or was cancelled. */
  holdFor(millis: number, callback: () => void): Timer;
  /**
   * Runs `callback` among the input of this turn of the event loop: when the timers that are due have fired, and before
   * anything that waits for the end of the turn. Does not keep the process alive.
   */
  duringInput(callback: () => void): void;
  /** Runs `callback` after pending input was read: after an event loop that was blocked, data comes first. */
  afterInput(callback: () => void): void;
}

/**
 * As Node made them, and as they were when this was loaded: tests of applications put others in their place, that stand still or
 * have no `unref`.
 */
const { clearTimeout, setImmediate, setTimeout } = process.getBuiltinModule('node:timers');
const now = performance.now.bind(performance);

const MAX_TIMER_MILLIS = 2 ** 31 - 1;

function timer(millis: number, callback: () => void, hold: boolean): Timer {
  // Out of range, NaN included, a Node timer would fire after 1 ms: a hostile delay must not become a hot loop.
  const delay = millis >= 1 ? Math.min(millis, MAX_TIMER_MILLIS) : 1;
  const handle = setTimeout(callback, delay);
  if (!hold) handle.unref();
  return { cancel: () => clearTimeout(handle) };
}

const waitingForInput: (() => void)[] = [];
let bell: MessagePort | undefined;

/** A message of our own is input. */
function ring(): void {
  if (bell === undefined) {
    const { port1, port2 } = new MessageChannel();
    port2.on('message', () => {
      for (const callback of waitingForInput.splice(0)) callback();
    });
    port2.unref();
    bell = port1;
  }
  bell.postMessage(null, []);
}

export const systemClock: Clock = {
  now,
  random: Math.random,
  after: (millis, callback) => timer(millis, callback, false),
  holdFor: (millis, callback) => timer(millis, callback, true),
  duringInput(callback) {
    waitingForInput.push(callback);
    ring();
  },
  afterInput(callback) {
    // Referenced, for the two turns that it takes: the event loop does not wake up for an immediate that is not.
    setImmediate(() => setImmediate(callback));
  },
};
