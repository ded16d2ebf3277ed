// Installs and builds what is missing, with nothing but Node and npm on the machine, and skips what is done.
// `node scripts/setup.mjs` prepares the whole workspace; `--only demo` just what the demo needs,
// `--only server` and `--only express` just what an image does.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PNPM } from './pnpm.mjs';

const SCOPES = {
  all: { filters: [], projects: ['tsconfig.json'] },
  demo: {
    filters: ['--filter', '.', '--filter', '@cerberus-otel/example-demo...'],
    projects: ['examples/demo'],
  },
  server: {
    filters: ['--filter', '.', '--filter', '@cerberus-otel/image...'],
    projects: ['packages/server'],
  },
  express: {
    filters: ['--filter', '.', '--filter', '@cerberus-otel/example-express...'],
    projects: ['packages/instrumentation', 'packages/instrumentation/tsconfig.cjs.json'],
  },
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFolder = join(root, '.setup');
const serverFolder = join(root, 'packages/server');

function run(command, args) {
  const shell = process.platform === 'win32';
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    process.stderr.write(`setup: \`${command} ${args.join(' ')}\` failed\n`);
    process.exit(result.status ?? 1);
  }
}

function manifests() {
  const folders = ['deploy', 'packages', 'examples'].flatMap((parent) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent)).map((name) => join(parent, name, 'package.json'))
      : [],
  );
  return ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', ...folders.sort()].filter((file) =>
    existsSync(join(root, file)),
  );
}

function installKey() {
  const hash = createHash('sha256').update(PNPM).update(process.version);
  for (const file of manifests()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function stampOf(name) {
  const file = join(stampFolder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function writeStamp(name, key) {
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(join(stampFolder, name), key);
}

function install(scope) {
  const key = installKey();
  const installed = existsSync(join(root, 'node_modules', '.pnpm'));
  if (installed && (stampOf('install-all') === key || stampOf(`install-${scope}`) === key)) return;
  run('npx', ['--yes', PNPM, ...SCOPES[scope].filters, 'install', '--frozen-lockfile']);
  writeStamp(`install-${scope}`, key);
}

/** The CommonJS half of a package is marked as such by a package.json of its own. */
function markCommonJs() {
  for (const name of ['exporter-ws', 'instrumentation']) {
    const folder = join(root, 'packages', name, 'dist', 'cjs');
    const file = join(folder, 'package.json');
    if (existsSync(folder) && !existsSync(file)) writeFileSync(file, '{ "type": "commonjs" }\n');
  }
}

/** Of all that the page's build depends on: its sources, and the versions in the lockfile. */
function pageKey() {
  const folder = join(serverFolder, 'page');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(folder, 'dist')))
    .map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')));
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

/** Vite takes longer than all the rest of a second start, so it runs only when something has changed. */
function buildPage() {
  const key = pageKey();
  if (stampOf('page') === key && existsSync(join(serverFolder, 'dist/page/index.html'))) return;
  const vite = join(serverFolder, 'node_modules/vite/bin/vite.js');
  run(process.execPath, [
    vite,
    'build',
    '--config',
    join(serverFolder, 'page/vite.config.mjs'),
    '--logLevel',
    'warn',
  ]);
  writeStamp('page', key);
}

function build(scope) {
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...SCOPES[scope].projects]);
  markCommonJs();
  if (scope === 'express') return;
  run(process.execPath, [join(serverFolder, 'describe-api.mjs')]);
  buildPage();
}

const { values } = parseArgs({ options: { only: { type: 'string', default: 'all' } } });
if (!Object.hasOwn(SCOPES, values.only)) {
  process.stderr.write(`setup: --only takes one of ${Object.keys(SCOPES).join(', ')}\n`);
  process.exit(2);
}
install(values.only);
build(values.only);
