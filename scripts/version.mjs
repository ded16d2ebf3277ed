// Gives everything the next version, as .changeset/ says: manifests, CHANGELOG.md, and the image of the Kubernetes manifest.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withVersion } from './release/changelog.mjs';
import { ROOT, versionOfAll } from './release/packages.mjs';

function change(path, next) {
  const file = join(ROOT, path);
  writeFileSync(file, next(readFileSync(file, 'utf8')));
}

const changeset = join(ROOT, 'node_modules/@changesets/cli/bin.js');
const { status } = spawnSync(process.execPath, [changeset, 'version'], { cwd: ROOT, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const version = versionOfAll();
change('CHANGELOG.md', (text) => withVersion(text, version, new Date().toISOString().slice(0, 10)));
change('deploy/kubernetes/statefulset.yaml', (text) =>
  text.replace(/(image: \S+\/cerberus-server:)\S+/, `$1${version}`),
);
process.stdout.write(`everything is ${version}\n`);
