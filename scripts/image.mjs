// What the Dockerfile copies: `node scripts/image.mjs <folder> [--libc musl]` puts the server and its dependencies there, as the lockfile
// has them, with the database's binary for that C library (by default that of this machine).
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PNPM } from './pnpm.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { libc: { type: 'string' } },
});
const [target] = positionals;
if (positionals.length !== 1 || ![undefined, 'glibc', 'musl'].includes(values.libc)) {
  process.stderr.write('image: takes a folder that is not there yet, and --libc glibc or musl\n');
  process.exit(2);
}
const folder = resolve(target);
run(process.execPath, [join(root, 'scripts/setup.mjs'), '--only', 'server']);
run('npx', [
  '--yes',
  PNPM,
  '--filter',
  '@cerberus-otel/image',
  'deploy',
  '--prod',
  // With a lockfile of its own, made from the workspace's, and packages in one flat folder: the server finds `pg` beside it.
  '--config.inject-workspace-packages=true',
  '--config.node-linker=hoisted',
  ...(values.libc === undefined ? [] : [`--libc=${values.libc}`]),
  folder,
]);
rmSync(join(folder, 'pnpm-lock.yaml'));
