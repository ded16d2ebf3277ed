const due: (() => unknown)[] = [];
let isInTest = false;

/**
 * Closes what a test, or a `beforeEach`, has opened when the test is over, passed or failed: the newest first. It must not mind
 * being closed already. What a `before` opens is for an `after` to close; there this does nothing.
 */
export function afterTest(close: () => unknown): void {
  if (isInTest) due.push(close);
}

beforeEach(() => {
  isInTest = true;
});

afterEach('closes what the test opened', async function () {
  isInTest = false;
  const failures: unknown[] = [];
  for (const close of due.splice(0).toReversed()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  // After a test that failed, whatever follows from that is of no interest.
  if (failures.length > 0 && this.currentTest?.state !== 'failed') throw failures[0];
});
