import { DAY_MILLIS, HOUR_MILLIS } from '../durations.ts';
import type { Log } from '../log.ts';
import { SYSTEM_CLOCK, type ForgettingClock } from './forgetting.ts';
import { failureReason } from './failure-reason.ts';
import type { Store } from './store.ts';

/** What retention needs. */
export interface RetentionContext {
  readonly store: Pick<Store, 'deleteOld'>;
  readonly retentionDays: number;
  /** 0 for no limit. */
  readonly maxDbBytes: number;
  readonly log: Log;
  readonly clock?: ForgettingClock;
}

/** Deletes old events, now and once an hour. @returns the way to stop. */
export function startRetention(context: RetentionContext): () => void {
  const clock = context.clock ?? SYSTEM_CLOCK;
  let running = false;
  const run = async (): Promise<void> => {
    // A large backlog may take longer than an hour.
    if (running) return;
    running = true;
    await deleteOld(context, clock.now());
    running = false;
  };
  void run();
  return clock.every(HOUR_MILLIS, () => void run());
}

async function deleteOld(context: RetentionContext, now: number): Promise<void> {
  const { store, retentionDays, maxDbBytes, log } = context;
  try {
    const count = await store.deleteOld({
      before: Math.max(0, now - retentionDays * DAY_MILLIS),
      maxBytes: maxDbBytes === 0 ? undefined : maxDbBytes,
    });
    if (count > 0) log('info', `deleted ${count} old events`);
  } catch (error) {
    log('warn', `could not delete old events: ${failureReason(error)}`);
  }
}
