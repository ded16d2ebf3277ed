// Do the tests bite? Weakens a copy of the built exporter or server in one way at a time and runs the tests that should notice;
// fails when a weakened one passes. `node scripts/teeth.mjs [name …]` after a build.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endGroupsWithThisProcess, ProcessGroup } from './process-group.mjs';
import { EXPORTER, SERVER, WEAKENINGS } from './weakenings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const AT_ONCE = 2;
const TIMEOUT_MILLIS = 150_000;

/** A copy of the package, weakened; it lies inside of it, so that its dependencies are found. */
function weakenedCopy({ name, patches, of: { folder, dist } = EXPORTER }, index) {
  const copy = join(folder, '.teeth', String(index));
  mkdirSync(copy, { recursive: true });
  for (const part of ['dist', 'test-dist', 'package.json'])
    cpSync(join(folder, part), join(copy, part), { recursive: true });
  for (const [file, from, to] of patches) {
    const path = join(copy, dist, file);
    const source = readFileSync(path, 'utf8');
    if (!source.includes(from)) throw new Error(`"${name}": ${file} does not contain what is to be weakened`);
    writeFileSync(path, source.replace(from, to));
  }
  return copy;
}

/** Whether the tests fail on the copy; a hang is noticed as well, and ended with all that they started. */
async function bites(copy, tests) {
  const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
  const files = tests.map((test) => join(copy, 'test-dist', test));
  const run = new ProcessGroup(
    process.execPath,
    [mocha, '--no-config', '--exit', '--bail', '--timeout', '12000', ...files],
    { cwd: copy, stdio: 'ignore', env: { ...process.env, CERBERUS_SCHEDULES: '40', CERBERUS_SEED: '7' } },
  );
  const limit = setTimeout(() => run.kill(), TIMEOUT_MILLIS);
  const status = await run.ended();
  clearTimeout(limit);
  return status !== 0;
}

function removeCopies() {
  for (const { folder } of [EXPORTER, SERVER])
    rmSync(join(folder, '.teeth'), { recursive: true, force: true, maxRetries: 10 });
}

const wanted = process.argv.slice(2);
const toothless = [];
const queue = WEAKENINGS.map((weakening, index) => ({ ...weakening, index })).filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
const total = queue.length;

async function worker() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const copy = weakenedCopy(next, next.index);
    const noticed = await bites(copy, next.tests);
    if (!noticed) toothless.push(next.name);
    process.stdout.write(`${noticed ? 'noticed ' : 'MISSED  '} ${next.name}\n`);
    rmSync(copy, { recursive: true });
  }
}

/** Without a weakening the same tests pass on a copy; otherwise their failing would prove nothing. */
async function control() {
  for (const of of [EXPORTER, SERVER]) {
    const tests = queue.filter((each) => (each.of ?? EXPORTER) === of).flatMap((each) => each.tests);
    if (tests.length === 0) continue;
    const copy = weakenedCopy({ name: 'control', patches: [], of }, 'control');
    if (await bites(copy, [...new Set(tests)]))
      throw new Error(`the tests fail on a copy of ${of.folder} that is not weakened`);
  }
}

endGroupsWithThisProcess(removeCopies);
try {
  await control();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
} finally {
  removeCopies();
}
process.stdout.write(`\n${total - toothless.length} of ${total} weakenings noticed\n`);
process.exitCode = toothless.length === 0 && total > 0 ? 0 : 1;
