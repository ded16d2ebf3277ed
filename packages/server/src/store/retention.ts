import { DAY_MILLIS, HOUR_MILLIS } from '../durations.ts';
import type { Log } from '../log.ts';
import { SYSTEM_CLOCK, type ForgettingClock } from './forgetting.ts';
import { DeletionGuard } from './deletion-guard.ts';
import { failureReason } from './failure-reason.ts';
import type { Store } from './store.ts';

/** What retention needs. */
export interface RetentionContext {
  readonly store: Pick<Store, 'deleteOld' | 'arrivals'>;
  readonly retentionDays: number;
  /** 0 for no limit. */
  readonly maxDbBytes: number;
  readonly log: Log;
  readonly clock?: ForgettingClock;
}

/** Deletes old events, now and once an hour. @returns the way to stop. */
export function startRetention(given: RetentionContext): () => void {
  let isStopped = false;
  // That the store is closed when it stops is no failure.
  const log: Log = (level, line) => void (isStopped || given.log(level, line));
  const context = { ...given, log };
  const clock = context.clock ?? SYSTEM_CLOCK;
  const guard = new DeletionGuard('old events', HOUR_MILLIS, context.log);
  let running = false;
  const run = async (): Promise<void> => {
    // A large backlog may take longer than an hour.
    if (running) return;
    running = true;
    await deleteOld(context, guard, clock.now());
    running = false;
  };
  void run();
  const stop = clock.every(HOUR_MILLIS, () => void run());
  return () => {
    isStopped = true;
    stop();
  };
}

async function deleteOld(context: RetentionContext, guard: DeletionGuard, now: number): Promise<void> {
  const { store, retentionDays, maxDbBytes, log } = context;
  const before = Math.max(0, now - retentionDays * DAY_MILLIS);
  try {
    const { events } = await store.arrivals(now - DAY_MILLIS);
    const count = await store.deleteOld({
      // What is too much is no question of time.
      before: guard.holds({ now, before, arrivals: events }) ? 0 : before,
      maxBytes: maxDbBytes === 0 ? undefined : maxDbBytes,
    });
    if (count > 0) log('info', `deleted ${count} old events`);
  } catch (error) {
    log('warn', `could not delete old events: ${failureReason(error)}`);
  }
}
