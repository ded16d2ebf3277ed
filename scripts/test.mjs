// Runs the tests of each workspace in a mocha of its own, because OpenTelemetry registers things for the whole process.
// `npm test` runs all, two at a time; `npm test -- exporter-ws server` the named ones. The last line sums up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Only a hang takes longer than this: the longest takes five minutes. */
const WORKSPACE_TIMEOUT_MILLIS = 12 * 60_000;
const AT_ONCE = 2;
const folder = mkdtempSync(join(tmpdir(), 'cerberus-test-'));

/** The longest first, so that the others run beside it. */
function workspaces() {
  const nested = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  return [join(root, 'tests'), ...nested, join(root, 'benchmarks')].filter((each) =>
    existsSync(join(each, 'test-dist')),
  );
}

/**
 * Runs the tests of one workspace and writes what they print when they are done, or at once where they run alone.
 *
 * @returns its counts; a mocha that died without a summary is a failure
 */
async function runMocha(workspace, alone) {
  const summaryFile = join(folder, `${basename(workspace)}.json`);
  const output = [`\n=== ${basename(workspace)}\n`];
  if (alone) process.stdout.write(output.pop());
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/mocha/bin/mocha.js'), `${workspace}/test-dist/**/*.test.js`],
    {
      cwd: root,
      stdio: alone ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SUMMARY_FILE: summaryFile },
      timeout: WORKSPACE_TIMEOUT_MILLIS,
      killSignal: 'SIGKILL',
    },
  );
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
  const [status] = await once(child, 'close');
  for (const chunk of output) process.stdout.write(chunk);
  if (!existsSync(summaryFile)) return { passes: 0, failures: 1, pending: 0 };
  const counts = JSON.parse(readFileSync(summaryFile, 'utf8'));
  return status !== 0 && counts.failures === 0 ? { ...counts, failures: 1 } : counts;
}

const wanted = process.argv.slice(2);
const chosen = workspaces().filter((each) => wanted.length === 0 || wanted.includes(basename(each)));
const alone = chosen.length === 1;
const total = { passes: 0, failures: 0, pending: 0 };
async function work() {
  for (let next = chosen.shift(); next !== undefined; next = chosen.shift()) {
    const counts = await runMocha(next, alone);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
rmSync(folder, { recursive: true });
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : '';
process.stdout.write(`\n${total.passes} passed, ${total.failures} failed${skipped}\n`);
process.exitCode = total.failures === 0 && total.passes > 0 ? 0 : 1;
