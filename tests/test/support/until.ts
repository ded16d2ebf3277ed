import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until a condition holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  millis = 15_000,
): Promise<void> {
  const deadline = performance.now() + millis;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${millis} ms until ${what}`);
    await sleep(30);
  }
}
