import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `check` returns something truthy; fails with `what` after `millis`. */
export async function eventually<T>(what: string, check: () => T, millis = 8_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + millis;
  for (;;) {
    const value = check();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(5);
  }
}
