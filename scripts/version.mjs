// Gives everything the next version, as .changeset/ says: manifests, CHANGELOG.md, and whatever else names the version.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withVersion } from './release/changelog.mjs';
import { ROOT, versionOfAll } from './release/packages.mjs';

/** Where the version stands beside the manifests of packages: what is before it, in the only place or in each. */
const PLACES = {
  'deploy/kubernetes/statefulset.yaml': /(image: \S+\/cerberus-server:)[\w.-]+/,
  'docs/openapi.json': /("version": ")[\w.-]+/,
  'packages/exporter-ws/src/observe/version.ts': /(VERSION = ')[\w.-]+/,
  'packages/server/src/observe/version.ts': /(VERSION = ')[\w.-]+/,
};
/** In the manifest of an example that is installed from tarballs. */
const TARBALL = /(tarballs\/cerberus-otel-[a-z-]+-)\d[\w.-]*(?=\.tgz")/g;

function change(path, next) {
  const file = join(ROOT, path);
  writeFileSync(file, next(readFileSync(file, 'utf8')));
}

function changePlaces(version) {
  for (const [path, place] of Object.entries(PLACES)) {
    change(path, (text) => {
      if (!place.test(text)) throw new Error(`${path} does not say which version it is of`);
      return text.replace(place, `$1${version}`);
    });
  }
  for (const name of readdirSync(join(ROOT, 'examples'), { withFileTypes: true }))
    if (name.isDirectory())
      change(`examples/${name.name}/package.json`, (text) => text.replace(TARBALL, `$1${version}`));
}

const changeset = join(ROOT, 'node_modules/@changesets/cli/bin.js');
const { status } = spawnSync(process.execPath, [changeset, 'version'], { cwd: ROOT, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const version = versionOfAll();
change('CHANGELOG.md', (text) => withVersion(text, version, new Date().toISOString().slice(0, 10)));
changePlaces(version);
process.stdout.write(`everything is ${version}\n`);
