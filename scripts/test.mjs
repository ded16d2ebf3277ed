// Runs the tests of each workspace in a mocha of its own, because OpenTelemetry registers things for the whole process.
// `npm test` runs all; `npm test -- exporter-ws server` the named ones. The last line sums up.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Only a hang takes longer than this: the tests of a workspace take a minute or two. */
const WORKSPACE_TIMEOUT_MILLIS = 8 * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'cerberus-test-'));

function workspaces() {
  const nested = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  return [...nested, join(root, 'tests'), join(root, 'benchmarks')].filter((each) =>
    existsSync(join(each, 'test-dist')),
  );
}

/** @returns the counts of one workspace; a mocha that died without a summary is a failure */
function runMocha(workspace) {
  const summaryFile = join(folder, `${basename(workspace)}.json`);
  process.stdout.write(`\n=== ${basename(workspace)}\n`);
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/mocha/bin/mocha.js'), `${workspace}/test-dist/**/*.test.js`],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, SUMMARY_FILE: summaryFile },
      timeout: WORKSPACE_TIMEOUT_MILLIS,
      killSignal: 'SIGKILL',
    },
  );
  if (!existsSync(summaryFile)) return { passes: 0, failures: 1, pending: 0 };
  const counts = JSON.parse(readFileSync(summaryFile, 'utf8'));
  return status !== 0 && counts.failures === 0 ? { ...counts, failures: 1 } : counts;
}

const wanted = process.argv.slice(2);
const total = { passes: 0, failures: 0, pending: 0 };
for (const workspace of workspaces()) {
  if (wanted.length > 0 && !wanted.includes(basename(workspace))) continue;
  const counts = runMocha(workspace);
  for (const key of Object.keys(total)) total[key] += counts[key];
}
rmSync(folder, { recursive: true });
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : '';
process.stdout.write(`\n${total.passes} passed, ${total.failures} failed${skipped}\n`);
process.exitCode = total.failures === 0 && total.passes > 0 ? 0 : 1;
