// Packs the packages as npm would publish them: `node scripts/pack.mjs [folder]`, by default into tarballs/. Those of another version that
// are there go: the documents install `cerberus-otel-server-*.tgz`, which would be both.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNPM } from './pnpm.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(process.argv[2] ?? join(root, 'tarballs'));
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) {
  if (/^cerberus-otel-(?:exporter-ws|instrumentation|server)-\d.*\.tgz$/.test(file))
    rmSync(join(folder, file));
}
for (const name of ['exporter-ws', 'instrumentation', 'server']) {
  const { status } = spawnSync('npx', ['--yes', PNPM, 'pack', '--pack-destination', folder], {
    cwd: join(root, 'packages', name),
    stdio: ['ignore', 'ignore', 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
