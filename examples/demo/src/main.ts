import { runDemo } from './demo.ts';
import { DemoError } from './demo-error.ts';
import { interruption } from './interruption.ts';
import { Leftovers } from './leftovers.ts';
import { readOptions } from './options.ts';
import { isExactlyOnce } from './results/exactly-once.ts';
import { report } from './screen/report.ts';
import { Screen } from './screen/screen.ts';

const INTERRUPTED = 130;

// The user's own settings are for another server than this one.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('CERBERUS_SERVER_')) delete process.env[name];
}

const options = readOptions(process.argv.slice(2));
const screen = new Screen(process.stdout, process.stderr, process.env);
const leftovers = new Leftovers((listener) => process.on('exit', listener));

try {
  const result = await runDemo(options, { screen, interrupted: interruption(), leftovers });
  if (result === undefined) {
    process.exitCode = INTERRUPTED;
  } else {
    for (const line of report(result, screen.paint)) screen.print(line);
    if (options.json) screen.print(JSON.stringify(result));
    process.exitCode = isExactlyOnce(result) ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  screen.problem(error.message);
  process.exitCode = 1;
}
