import { setTimeout } from 'node:timers/promises';

const LOOK_MILLIS = 10;
/** A process that only waits uses less of the processor in that time. */
const IDLE_MICROS = 1000;
const MAX_LOOKS = 50;

/**
 * Collects what preparations have left behind, and waits until that is over: after `gc()` V8 goes on sweeping the heap in other threads,
 * which would be charged to what is measured next.
 */
export async function collectGarbage(): Promise<void> {
  gc?.();
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const before = process.cpuUsage();
    await setTimeout(LOOK_MILLIS);
    const { user, system } = process.cpuUsage(before);
    if (user + system < IDLE_MICROS) return;
  }
}
