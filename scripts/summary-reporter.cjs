// Mocha's spec reporter that also leaves its counts in the file named by SUMMARY_FILE, for the line that sums up a run.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class SummaryReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.SUMMARY_FILE;
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending }));
    });
  }
};
