// The static checks: lint, format, layers, dead code, advisories, workflows, and what a release would consist of. Runs all of them, then fails if one did.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules/.bin');
const folder = mkdtempSync(join(tmpdir(), 'cerberus-check-'));
const failed = [];

function check(name, command, args, cwd = root) {
  process.stdout.write(`\n=== ${name}\n`);
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) failed.push(name);
}

check('lint', join(bin, 'oxlint'), ['--type-aware', '--deny-warnings']);
check('format', join(bin, 'oxfmt'), ['--check']);
check('layers', join(bin, 'depcruise'), ['packages', 'benchmarks', 'tests/test', 'examples']);
check('dead code', join(bin, 'knip'), []);
check('advisories', process.execPath, [join(root, 'scripts/advisories.mjs')]);
check('release', process.execPath, [join(root, 'scripts/release.mjs'), folder]);
check('workflows', process.execPath, [join(root, 'scripts/workflows.mjs')]);
for (const name of ['exporter-ws', 'instrumentation', 'server']) {
  const cwd = join(root, 'packages', name);
  check(`publint ${name}`, join(bin, 'publint'), ['--strict', '--pack', 'false'], cwd);
}
for (const tarball of readdirSync(folder).filter((file) => file.endsWith('.tgz'))) {
  // The server is ESM only, on purpose: it is a program first.
  const profile = tarball.includes('server') ? ['--profile', 'esm-only'] : [];
  check(`types of ${tarball}`, join(bin, 'attw'), [join(folder, tarball), ...profile]);
}
rmSync(folder, { recursive: true });
process.stdout.write(failed.length === 0 ? '\nchecks passed\n' : `\nchecks failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
