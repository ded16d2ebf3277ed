import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What is published, in an order in which each has what it depends on. */
export const PACKAGES = ['exporter-ws', 'instrumentation', 'server'];

/** The manifest of a package of ours. */
export function manifestOf(name) {
  return JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'));
}

/** The one version that all of them have. @throws Error where they do not */
export function versionOfAll() {
  const versions = new Set(PACKAGES.map((name) => manifestOf(name).version));
  if (versions.size !== 1)
    throw new Error(`the packages have different versions: ${[...versions].join(', ')}`);
  return [...versions][0];
}

/** Where pnpm puts the tarball of a package. @throws Error where it is not */
export function tarballIn(folder, { name, version }) {
  const file = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (!existsSync(file)) throw new Error(`there is no ${file}`);
  return file;
}
