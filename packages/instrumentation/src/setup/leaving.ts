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
  await all((part) => part.flush?.());
}

/**
 * As `flush`, and counts nothing more. What `register` set up is shut down as a whole, other exporters too. Takes 7 s at
 * most, and never rejects. To be called last, when the server is closed.
 */
export async function shutdown(): Promise<void> {
  hurryAll();
  await all((part) => part.shutdown?.());
}

type Work = (part: EndOfProcess) => Promise<unknown> | undefined;

async function all(work: Work): Promise<void> {
  await new Promise<void>((resolve) => {
    const limit = systemClock.holdFor(LIMIT_MILLIS, resolve);
    void inOrder(work).then(() => {
      limit.cancel();
      resolve();
    });
  });
}

/** An exporter that is shut down beside its processor would refuse what that still hands over. */
async function inOrder(work: Work): Promise<void> {
  const parts = partsToEnd();
  for (const first of [true, false]) {
    const stage = parts.filter((part) => 'handOver' in part === first);
    await Promise.allSettled(stage.map(async (part) => work(part)));
  }
}
