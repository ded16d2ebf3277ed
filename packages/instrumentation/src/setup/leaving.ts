import { hurryAll, partsToEnd, systemClock, type EndOfProcess } from '@cerberus-otel/exporter-ws/internal';

/**
 * What Cerberus takes at most (1 s for a key that is being fetched, 5 s to deliver, 1 s to hang up), and less than the 10 s after
 * which `docker stop` kills.
 */
const LIMIT_MILLIS = 7000;

/**
 * Sends what was counted so far, and resolves when it is stored, or after 7 s at most. Counting goes on. For shutdown
 * handlers that end the process themselves, however Cerberus was set up: by `register`, by `withCerberus`, or in parts.
 *
 * Never rejects, whatever the backend does; what could not be delivered stays queued.
 */
export async function flush(): Promise<void> {
  await flushWithin(LIMIT_MILLIS);
}

/**
 * As `flush`, and counts nothing more. What `register` set up is shut down as a whole, other exporters too. Takes 7 s at
 * most, and never rejects. To be called last, when the server is closed.
 */
export async function shutdown(): Promise<void> {
  hurryAll();
  await all((part) => part.shutdown?.(), LIMIT_MILLIS);
}

/**
 * As `flush`, for so long at most.
 *
 * @returns whether all of it is delivered
 */
export function flushWithin(millis: number): Promise<boolean> {
  return all((part) => part.flush?.(), millis);
}

type Work = (part: EndOfProcess) => Promise<unknown> | undefined;

/** @returns whether everybody is done, and in time */
function all(work: Work, limitMillis: number): Promise<boolean> {
  return new Promise((resolve) => {
    const limit = systemClock.holdFor(limitMillis, () => resolve(false));
    void inOrder(work).then((isDone) => {
      limit.cancel();
      resolve(isDone);
    });
  });
}

/** An exporter that is shut down beside its processor would refuse what that still hands over. */
async function inOrder(work: Work): Promise<boolean> {
  const parts = partsToEnd();
  let isDone = true;
  for (const first of [true, false]) {
    const stage = parts.filter((part) => 'handOver' in part === first);
    const results = await Promise.allSettled(stage.map(async (part) => work(part)));
    isDone &&= results.every(({ status }) => status === 'fulfilled');
  }
  return isDone;
}
