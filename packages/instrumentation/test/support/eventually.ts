import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `condition` holds; fails with `what` when it does not within `millis`. */
export async function eventually(condition: () => boolean, what: string, millis = 5000): Promise<void> {
  const end = performance.now() + millis;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`did not happen in ${millis} ms: ${what}`);
    await sleep(5);
  }
}
