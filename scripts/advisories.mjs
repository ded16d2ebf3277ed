// Asks the registry for known advisories against the lowest versions that the published packages allow: what a lockfile of this
// workspace has is newer, and an application may keep the oldest that fits. Fails for an advisory, not for a registry that
// does not answer; then it says that nothing was checked. `node scripts/advisories.mjs [folder with packages]`
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = resolve(process.argv[2] ?? join(root, 'packages'));

/** What an installation always brings: dependencies, and peers that are not optional. */
function runtimeRanges({ dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.entries(peerDependencies).filter(([name]) => !peerDependenciesMeta[name]?.optional);
  return [...Object.entries(dependencies), ...peers].filter(([, range]) => !range.startsWith('workspace:'));
}

function lowestOf(name, range) {
  const lowest = /^(?:\^|~|>=)?(\d+\.\d+\.\d+[\w.-]*)(?: <\d+\.\d+\.\d+)?$/.exec(range)?.[1];
  if (lowest === undefined) throw new Error(`no lowest version can be read from ${name}@${range}`);
  return lowest;
}

/** As aliases, because two packages may allow different versions of one. */
function lowestVersions() {
  const names = readdirSync(packages);
  const manifests = names.map((name) =>
    JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')),
  );
  const pairs = manifests.flatMap(runtimeRanges).map(([name, range]) => [name, lowestOf(name, range)]);
  const wanted = [...new Set(pairs.map(([name, version]) => `${name}@${version}`))].toSorted();
  return {
    wanted,
    dependencies: Object.fromEntries(wanted.map((each, n) => [`lowest-${n}`, `npm:${each}`])),
  };
}

function npm(cwd, ...args) {
  const shell = process.platform === 'win32';
  const { stdout } = spawnSync('npm', [...args, '--json'], {
    cwd,
    encoding: 'utf8',
    shell,
    timeout: 120_000,
  });
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

function notChecked(why) {
  process.stdout.write(`NOT CHECKED for advisories, because ${why}\n`);
}

function audit(folder) {
  const { wanted, dependencies } = lowestVersions();
  process.stdout.write(`lowest versions: ${wanted.join(', ')}\n`);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'lowest', private: true, dependencies }),
  );
  const resolved = npm(
    folder,
    'install',
    '--package-lock-only',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  );
  if (resolved === undefined || resolved.error !== undefined)
    return notChecked('npm could not resolve these versions');
  const report = npm(folder, 'audit');
  if (report?.vulnerabilities === undefined)
    return notChecked(`the registry gave no answer (status ${report?.statusCode ?? 'unknown'})`);
  for (const { name, range, severity, via, nodes } of Object.values(report.vulnerabilities)) {
    const titles = via.map((each) =>
      typeof each === 'string' ? `by way of ${each}` : `${each.title} ${each.url}`,
    );
    process.stdout.write(`${severity}: ${name} ${range} (${nodes.join(', ')}): ${titles.join('; ')}\n`);
    process.exitCode = 1;
  }
  if (process.exitCode !== 1) process.stdout.write('no known advisory\n');
}

const folder = mkdtempSync(join(tmpdir(), 'cerberus-advisories-'));
try {
  audit(folder);
} finally {
  rmSync(folder, { recursive: true });
}
