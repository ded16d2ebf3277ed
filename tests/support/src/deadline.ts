import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than anything takes beside other work, and so short that a test names what it waited for before it times out. */
const PATIENCE_MILLIS = 40_000;
const POLL_MILLIS = 5;
/** What asks a server, a database or a browser takes time from what the test waits for. */
const ASK_MILLIS = 30;

/** Fails a wait that takes too long, so that a test names what it waited for instead of timing out. */
export async function within<T>(what: string, promise: Promise<T>, millis = PATIENCE_MILLIS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${millis} ms for ${what}`)), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until the answer is truthy. @returns that answer */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  millis = PATIENCE_MILLIS,
): Promise<NonNullable<T>> {
  const end = performance.now() + millis;
  for (;;) {
    const asked = condition();
    const answer = await asked;
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`waited ${millis} ms until: ${what}`);
    await sleep(asked instanceof Promise ? ASK_MILLIS : POLL_MILLIS);
  }
}

export function pause(millis: number): Promise<void> {
  return sleep(millis);
}
