// Node's channels are everybody's: what somebody else says there must not end the process, as anything does that is thrown by one who
// listens.
import { expect } from 'chai';
import { runChild } from '../support/child.js';

describe('channels in which somebody else says less than Node', () => {
  for (const [beside, what] of [
    ['', 'without an SDK'],
    ['instrumentation', 'with HttpServerInstrumentation beside'],
    ['unreadable', 'beside tracing that cannot be read'],
  ] as const) {
    it(`throw nothing into the process, and its requests are counted: ${what}`, async () => {
      const { report } = await runChild('odd-announcements.js', {
        BESIDE: beside,
        CERBERUS_WARNINGS: 'false',
      });
      expect(report).to.deep.include({ thrown: [], endpoints: ['/counted'] });
    });
  }
});
