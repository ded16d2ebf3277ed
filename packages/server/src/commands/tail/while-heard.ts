import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What comes on a stream, until nothing does for too long: a connection that is dead may look open for hours.
 *
 * @param mostMillis - how long it may be silent from now on; undefined where that is not known
 * @throws Error where it is silent for longer
 */
export async function* whileHeard(
  stream: ReadableStream<Uint8Array>,
  mostMillis: () => number | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const read = await inTime(reader.read(), mostMillis());
      if (read === undefined) throw new Error('nothing came any more');
      if (read.done) return;
      yield read.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** @returns `undefined` where it took longer */
async function inTime<T>(promise: Promise<T>, millis: number | undefined): Promise<T | undefined> {
  if (millis === undefined) return promise;
  const controller = new AbortController();
  const late = sleep(millis, undefined, { signal: controller.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    controller.abort();
  }
}
