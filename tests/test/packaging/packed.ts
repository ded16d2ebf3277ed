import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The repository. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** What is there before the packages are packed. */
export const EARLIER = 'cerberus-otel-server-0.0.1.tgz';

/** Where the packages were packed, once for all suites of a process, and where they are installed. */
let packing: Promise<string> | undefined;

after(async () => {
  if (packing !== undefined) await rm(await packing, { recursive: true, force: true });
});

/** Runs a program to its end. @returns what it wrote; rejects where it failed */
export const run = promisify(execFile);

/** The tarballs that are published. */
export async function packed(): Promise<{ readonly folder: string; readonly tarballs: readonly string[] }> {
  const folder = await (packing ??= pack());
  const files = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  return { folder, tarballs: files.map((file) => join(folder, file)) };
}

async function pack(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cerberus-pack-'));
  // As in a clone that has packed an earlier version.
  await writeFile(join(folder, EARLIER), '');
  await run(process.execPath, [join(root, 'scripts/pack.mjs'), folder]);
  return folder;
}

/** `npm` as a user calls it, in a folder. */
export async function npm(cwd: string, ...args: string[]): Promise<void> {
  await run('npm', [...args, '--no-audit', '--no-fund', '--prefer-offline'], { cwd });
}

/** An empty project with the tarballs and `others` installed, beside the tarballs. */
export async function project(name: string, others: readonly string[] = []): Promise<string> {
  const { folder, tarballs } = await packed();
  const cwd = join(folder, name);
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), '{ "name": "user", "private": true }');
  await npm(cwd, 'install', ...tarballs, ...others);
  return cwd;
}
