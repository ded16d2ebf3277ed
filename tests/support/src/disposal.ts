import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than anything takes to close, and so short that what hangs does not end the run. */
const CLOSE_MILLIS = 5_000;
const due: (() => unknown)[] = [];
let isInTest = false;

/**
 * Closes what a test, or a `beforeEach`, has opened when the test is over, passed or failed: the newest first. It must not mind
 * being closed already. What a `before` opens is for an `after` to close; there this does nothing.
 */
export function afterTest(close: () => unknown): void {
  if (isInTest) due.push(close);
}

async function closed(close: () => unknown): Promise<void> {
  const deadline = new AbortController();
  const late = sleep(CLOSE_MILLIS, undefined, { signal: deadline.signal }).then(() => {
    throw new Error(`what the test opened did not close within ${CLOSE_MILLIS} ms: ${String(close)}`);
  });
  try {
    await Promise.race([close(), late]);
  } finally {
    late.catch(() => undefined);
    deadline.abort();
  }
}

// The support serves processes of other kinds too, which have no mocha.
if (typeof beforeEach === 'function') {
  beforeEach(() => {
    isInTest = true;
  });

  afterEach('closes what the test opened', async function () {
    this.timeout(due.length * CLOSE_MILLIS + CLOSE_MILLIS);
    isInTest = false;
    const failures: unknown[] = [];
    for (const close of due.splice(0).toReversed())
      await closed(close).catch((error) => failures.push(error));
    // After a test that failed, whatever follows from that is of no interest.
    if (failures.length > 0 && this.currentTest?.state !== 'failed') throw failures[0];
  });
}
