import { DAY_MILLIS } from '../durations.ts';
import type { Log } from '../log.ts';
import { DeletionGuard } from './deletion-guard.ts';
import { failureReason } from './failure-reason.ts';
import type { Store } from './store.ts';

/** How long a producer may be away before it is forgotten, milliseconds (PROTOCOL.md, batch mode, 9). */
export const FORGET_AFTER_MILLIS: number = 30 * DAY_MILLIS;

/** What forgetting needs of time. */
export interface ForgettingClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls again and again without keeping the process alive. @returns the way to stop. */
  readonly every: (millis: number, task: () => void) => () => void;
}

/** The clock of the machine. */
export const SYSTEM_CLOCK: ForgettingClock = {
  now: () => Date.now(),
  every: (millis, task) => {
    const timer = setInterval(task, millis);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** What forgetting needs. */
export interface ForgettingContext {
  readonly store: Pick<Store, 'forgetProducers' | 'arrivals'>;
  /** Producers with a connection: they are kept, however long they have said nothing. */
  readonly connected: () => Iterable<string>;
  readonly log: Log;
  readonly clock: ForgettingClock;
}

/**
 * Forgets producers that have not been seen for 30 days, now and once a day: each start of an application makes a new
 * one, so their table would grow for ever. Their events stay. @returns the way to stop.
 */
export function startForgetting(given: ForgettingContext): () => void {
  let isStopped = false;
  // That the store is closed when it stops is no failure.
  const log: Log = (level, line) => void (isStopped || given.log(level, line));
  const context = { ...given, log };
  const { clock } = context;
  const guard = new DeletionGuard('old producers', DAY_MILLIS, log);
  void forget(context, guard);
  const stop = clock.every(DAY_MILLIS, () => void forget(context, guard));
  return () => {
    isStopped = true;
    stop();
  };
}

async function forget(context: ForgettingContext, guard: DeletionGuard): Promise<void> {
  const { store, connected, log, clock } = context;
  const now = clock.now();
  const before = now - FORGET_AFTER_MILLIS;
  try {
    const { producers } = await store.arrivals(now - DAY_MILLIS);
    if (guard.holds({ now, before, arrivals: producers })) return;
    const count = await store.forgetProducers(before, [...connected()]);
    if (count > 0) log('info', `forgot ${count} producers that were not seen for 30 days`);
  } catch (error) {
    log('warn', `could not forget old producers: ${failureReason(error)}`);
  }
}
