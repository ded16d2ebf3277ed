import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLE } from './instrumentations.ts';
import { finder } from './sdk-loader.ts';

const { readFileSync } = process.getBuiltinModule('node:fs');

/** What is read of a package.json. */
interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly dependencies?: unknown;
  readonly devDependencies?: unknown;
}

/** The version of a package, as the first of `places` that has it resolves it. */
export function installedVersion(name: string, places: readonly string[]): string | undefined {
  const file = finder(places)(name);
  return file === undefined ? undefined : versionOf(file, name);
}

/** Whether an instrumentation is there, be it as a part of auto-instrumentations-node. */
export function isInstalled(name: string, places: readonly string[]): boolean {
  const bundle = finder(places)(BUNDLE);
  return finder(bundle === undefined ? places : [...places, bundle])(name) !== undefined;
}

/**
 * What an application says that it uses: the dependencies in the package.json above the first of `places` that has one. Not in one of what
 * is installed, such as a tool that starts the application, or this package, unless the application itself is.
 */
export function declaredPackages(places: readonly string[]): ReadonlySet<string> {
  for (const accepts of [isOutside, isForeign]) {
    for (const place of places) {
      const manifest = manifestAbove(place, (each, folder) => hasDependencies(each) && accepts(each, folder));
      if (manifest !== undefined)
        return new Set([manifest.dependencies, manifest.devDependencies].flatMap(namesOf));
    }
  }
  return new Set();
}

function hasDependencies({ dependencies, devDependencies }: Manifest): boolean {
  return isObject(dependencies) || isObject(devDependencies);
}

function isOutside(_manifest: Manifest, folder: string): boolean {
  return !/[/\\]node_modules[/\\]/.test(folder);
}

function isForeign({ name }: Manifest): boolean {
  return !String(name).startsWith('@cerberus-otel/');
}

/** The second number of a version: what counts in those of 0.x and 1.x. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}

/** From the manifest above a file of the package, which may not export it. */
function versionOf(file: string, name: string): string | undefined {
  const { version } = manifestAbove(file, (manifest) => manifest.name === name) ?? {};
  return typeof version === 'string' ? version : undefined;
}

/** The nearest one above a file (a path or a URL) that `accepts` likes. */
function manifestAbove(
  place: string,
  accepts: (manifest: Manifest, folder: string) => boolean,
): Manifest | undefined {
  const file = place.startsWith('file:') ? fileURLToPath(place) : place;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = manifestIn(folder);
    if (manifest !== undefined && accepts(manifest, folder)) return manifest;
  }
  return undefined;
}

function manifestIn(folder: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return isObject(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function namesOf(dependencies: unknown): string[] {
  return isObject(dependencies) ? Object.keys(dependencies) : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
