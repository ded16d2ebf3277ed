// What the Dockerfile copies: `node scripts/image.mjs server <folder>` puts the server and its dependencies there, as the lockfile has
// them; `express` that example. `--libc musl` takes the database's binary for that C library (default: that of this machine).
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PNPM } from './pnpm.mjs';

const PACKAGES = { server: '@cerberus-otel/image', express: '@cerberus-otel/example-express' };
const root = dirname(dirname(fileURLToPath(import.meta.url)));

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { libc: { type: 'string' } },
});
const [name, target] = positionals;
if (
  positionals.length !== 2 ||
  !Object.hasOwn(PACKAGES, name) ||
  ![undefined, 'glibc', 'musl'].includes(values.libc)
) {
  process.stderr.write(
    `image: takes ${Object.keys(PACKAGES).join(' or ')}, a folder, and --libc glibc or musl\n`,
  );
  process.exit(2);
}
run(process.execPath, [join(root, 'scripts/setup.mjs'), '--only', name]);
run('npx', [
  '--yes',
  PNPM,
  '--filter',
  PACKAGES[name],
  'deploy',
  '--prod',
  // A lockfile of its own, made from the workspace's, and packages in one flat folder: the server finds `pg` beside it.
  '--config.inject-workspace-packages=true',
  '--config.node-linker=hoisted',
  ...(values.libc === undefined ? [] : [`--libc=${values.libc}`]),
  resolve(target),
]);
rmSync(join(resolve(target), 'pnpm-lock.yaml'));
