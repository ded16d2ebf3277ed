// Mocha's spec reporter that also leaves its counts and what failed in the file named by SUMMARY_FILE, for the lines that sum
// up a run, and with them what is running, for the case that it never ends. Told to end, it first says what has failed so far.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

const nameOf = (runnable) => runnable.titlePath().filter(Boolean).join(' › ');

module.exports = class SummaryReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.SUMMARY_FILE;
    const leaveCounts = (running) => {
      const { passes, failures, pending } = this.stats;
      const failed = this.failures.map(
        (test) => `${nameOf(test)}: ${test.err?.message?.split('\n')[0] ?? test.err}`,
      );
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending, failed, running }));
    };
    for (const event of ['test', 'hook']) runner.on(event, (runnable) => leaveCounts(nameOf(runnable)));
    runner.once('end', () => leaveCounts());
    process.once('SIGTERM', () => {
      this.stats.duration = Date.now() - this.stats.start;
      this.epilogue();
      process.exit(1);
    });
  }
};
