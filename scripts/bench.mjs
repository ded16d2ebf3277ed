// Installs what the benchmarks compare with, and runs them: `npm run bench [-- --quick] [--parts 1,2]`, or with `--check`
// the quick form of parts 1, 2 and 7, which fails when a ratio is far worse than its target. `--compare` measures what counting costs an
// application, in two or three minutes (benchmarks/src/compare).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);
const check = wanted.includes('--check');

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** From the lockfile, and only when it has changed. */
function install(peers) {
  const folder = join(root, 'benchmarks/peers', peers);
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  writeFileSync(stamp, lock);
}

for (const peers of ['otel', 'start-up', 'auto-instrumentations']) install(peers);
if (!check) install('application');
const compare = wanted.includes('--compare');
const script = compare ? 'compare/main.js' : 'main.js';
const args = check
  ? ['--quick', '--parts', '1,2,7', ...wanted]
  : wanted.filter((each) => each !== '--compare');
run(process.execPath, [join(root, 'benchmarks/dist', script), ...args]);
