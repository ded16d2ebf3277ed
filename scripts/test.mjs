// Runs the tests of each workspace in a mocha of its own, because OpenTelemetry registers things for the whole process.
// `npm test` runs all, three at a time; `npm test -- exporter-ws server` the named ones, by name or by path. The last
// lines name what failed and sum up.
// It ends whatever the tests do: a workspace that takes too long is ended with everything that it started, and has failed.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endGroupsWithThisProcess, ProcessGroup } from './process-group.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MOCHA = join(root, 'node_modules/mocha/bin/mocha.js');
/** Only a hang takes longer than this: the longest takes ten minutes, twice that beside the others, and twice as long again on a machine that is slow. */
const WORKSPACE_LIMIT_MILLIS = Number(process.env.TEST_LIMIT_MILLIS ?? 45 * 60_000);
/** More than a small machine has processors: much of the time is spent waiting for what is to happen. */
const AT_ONCE = 3;
const folder = mkdtempSync(join(tmpdir(), 'cerberus-test-'));

/** What takes half of a workspace's time, so that it runs beside the rest: what has a browser, a cluster or a soak in it, or a database. */
const LONG_TESTS = {
  tests: ['page/**/*', 'figures/**/*', 'cluster/**/*', 'soak/**/*'],
  server: ['store/**/*'],
};

/** The longest first, so that the others run beside it. */
function workspaces() {
  const nested = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  return [
    join(root, 'tests'),
    join(root, 'packages', 'server'),
    ...nested.toReversed(),
    join(root, 'benchmarks'),
  ]
    .filter((each, index, all) => all.indexOf(each) === index && existsSync(join(each, 'test-dist')))
    .flatMap((each) => partsOf(each));
}

/** What is run by one mocha: a folder, and which of its files. */
function partsOf(workspace) {
  const name = basename(workspace);
  const all = `${workspace}/test-dist/**/*.test.js`;
  if (!(name in LONG_TESTS)) return [{ name, label: name, args: [all] }];
  const long = LONG_TESTS[name].map((pattern) => `${workspace}/test-dist/${pattern}.test.js`);
  return [
    { name, label: name, args: [all, ...long.flatMap((pattern) => ['--ignore', pattern])] },
    { name, label: `${name}, the long ones`, args: long },
  ];
}

/** A process that was killed may still be in the middle of writing a file. */
function removeFolder() {
  rmSync(folder, { recursive: true, maxRetries: 10 });
}

/** What workspaces have written that is not printed yet. */
const unprinted = new Set();

function print(output) {
  for (const chunk of output.splice(0)) process.stdout.write(chunk);
  unprinted.delete(output);
}

/** What mocha left of its counts, and what was running, if it has not come to its end. */
function summaryIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passes: 0, failures: 0, pending: 0, failed: [], running: 'the loading of its files' };
  }
}

/**
 * Runs the tests of one workspace and writes what they print when they are done, or at once where they run alone.
 *
 * @returns its counts; a mocha that died, or had to be ended, is a failure
 */
async function runMocha({ label: name, args }, alone) {
  const summaryFile = join(folder, `${name.replaceAll(/\W/g, '-')}.json`);
  const output = [`\n=== ${name}\n`];
  unprinted.add(output);
  if (alone) print(output);
  // In this process itself, not in a child of mocha's: source maps are asked for here, and not in its configuration.
  const mocha = new ProcessGroup(process.execPath, ['--enable-source-maps', MOCHA, ...args], {
    cwd: root,
    stdio: alone ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SUMMARY_FILE: summaryFile },
  });
  for (const stream of mocha.outputs) stream.on('data', (chunk) => output.push(chunk));
  let isOverdue = false;
  const limit = setTimeout(() => {
    isOverdue = true;
    void mocha.end();
  }, WORKSPACE_LIMIT_MILLIS);
  const status = await mocha.ended();
  clearTimeout(limit);
  print(output);
  const { running, ...counts } = summaryIn(summaryFile);
  if (isOverdue || running !== undefined) {
    const how = isOverdue ? `was ended after ${WORKSPACE_LIMIT_MILLIS / 1000} s` : 'died';
    const what = `${how}${running === undefined ? '' : ` in: ${running}`}`;
    process.stdout.write(`\n${name} ${what}\n`);
    return { ...counts, failures: counts.failures + 1, failed: [...counts.failed, what] };
  }
  if (status === 0 || counts.failures > 0) return counts;
  return { ...counts, failures: 1, failed: [`ended with ${status}`] };
}

/** A name is that of a workspace, a path that of any folder with a `test-dist`. */
function chosenWorkspaces(wanted) {
  const named = workspaces().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const paths = wanted.filter((each) => each.includes('/'));
  return [...named, ...paths.flatMap((path) => partsOf(resolve(path)))];
}

endGroupsWithThisProcess(() => {
  for (const output of unprinted) print(output);
  removeFolder();
});
const chosen = chosenWorkspaces(process.argv.slice(2));
const alone = chosen.length === 1;
const total = { passes: 0, failures: 0, pending: 0 };
const failed = [];
async function work() {
  for (let next = chosen.shift(); next !== undefined; next = chosen.shift()) {
    const counts = await runMocha(next, alone);
    failed.push(...counts.failed.map((each) => `failed: ${next.label} › ${each}`));
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
removeFolder();
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : '';
if (failed.length > 0) process.stdout.write(`\n${failed.join('\n')}\n`);
process.stdout.write(`\n${total.passes} passed, ${total.failures} failed${skipped}\n`);
process.exitCode = total.failures === 0 && total.passes > 0 ? 0 : 1;
