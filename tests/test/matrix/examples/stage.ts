// Puts an example where other dependencies are than its own, with copies of our packages in the shape in which they
// are published, so that they resolve the @opentelemetry/api that is there.
import { transform } from 'esbuild';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launch } from './example-process.js';

export const REPOSITORY: string = fileURLToPath(new URL('../../../..', import.meta.url));

export type Modules = 'esm' | 'cjs';

/** What is not copied: it belongs to the folder of the example itself. */
const LEFT_BEHIND = new Set(['node_modules', 'package.json', 'README.md', '.next']);
const SOURCE = /\.(?:mjs|ts)$/;

/** Our packages where applications below `folder` find them, without what only their development needs. */
export async function placePackages(folder: string): Promise<void> {
  const scope = join(folder, 'node_modules/@cerberus-otel');
  await rm(scope, { recursive: true, force: true });
  for (const name of ['exporter-ws', 'instrumentation']) {
    const source = join(REPOSITORY, 'packages', name);
    await mkdir(join(scope, name), { recursive: true });
    for (const part of ['package.json', 'dist']) {
      await cp(join(source, part), join(scope, name, part), { recursive: true });
    }
  }
}

/**
 * Copies an example into a folder, as it is or as CommonJS.
 *
 * @param entry what is started there; the compiled `app` when left out
 * @returns how to start it
 */
export async function stage(
  example: string,
  folder: string,
  modules: Modules,
  node: string,
  entry: readonly string[] = [modules === 'cjs' ? 'app.cjs' : 'app.mjs'],
): Promise<Launch> {
  const source = join(REPOSITORY, 'examples', example);
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(source)) {
    if (LEFT_BEHIND.has(file)) continue;
    if (!SOURCE.test(file) || file.startsWith('next.config')) {
      await cp(join(source, file), join(folder, file), { recursive: true });
      continue;
    }
    const text = await readFile(join(source, file), 'utf8');
    const target = file.replace(SOURCE, modules === 'cjs' ? '.cjs' : '.mjs');
    const asItIs = file.endsWith('.mjs') && modules === 'esm';
    await writeFile(join(folder, target), asItIs ? text : await translate(text, modules));
  }
  const setUp =
    modules === 'cjs' ? ['--require', './instrumentation.cjs'] : ['--import', './instrumentation.mjs'];
  return { node, args: [...setUp, ...entry], folder };
}

/** What a compiler makes of an example; a CommonJS application does without the loader hook, as the example says. */
export async function translate(text: string, modules: Modules): Promise<string> {
  const withoutHook = modules === 'cjs' ? text.replace(/^register\(.*\n/m, '') : text;
  const { code } = await transform(withoutHook, {
    format: modules,
    loader: 'ts',
    target: 'node20',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  return modules === 'cjs' ? code.replaceAll(/(require\("\.\/[\w-]+)\.mjs"/g, '$1.cjs"') : code;
}
