// Puts an example where other dependencies are than its own: beside the node_modules of an SDK line, with copies of
// our packages in the shape in which they are published, so that they resolve the @opentelemetry/api of that line.
import { transform } from 'esbuild';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launch } from './example-process.js';

export const REPOSITORY: string = fileURLToPath(new URL('../../..', import.meta.url));

export type Modules = 'esm' | 'cjs';

/** Our packages beside an application, without what only their development needs. */
export async function placePackages(installation: string): Promise<void> {
  const scope = join(installation, 'run/node_modules/@cerberus-otel');
  await rm(join(installation, 'run'), { recursive: true, force: true });
  for (const name of ['exporter-ws', 'instrumentation']) {
    const source = join(REPOSITORY, 'packages', name);
    await mkdir(join(scope, name), { recursive: true });
    for (const part of ['package.json', 'dist']) {
      await cp(join(source, part), join(scope, name, part), { recursive: true });
    }
  }
}

/**
 * Copies the example into an installation, as it is or as CommonJS.
 *
 * @returns how to start it there
 */
export async function stage(
  example: string,
  installation: string,
  modules: Modules,
  node: string,
): Promise<Launch> {
  const source = join(REPOSITORY, 'examples', example);
  const folder = join(installation, 'run', `${example}-${modules}`);
  await mkdir(folder, { recursive: true });
  const files = (await readdir(source)).filter((file) => /\.m?[jt]s$/.test(file));
  for (const file of files) {
    const text = await readFile(join(source, file), 'utf8');
    const typed = file.endsWith('ts');
    const translated = typed || modules === 'cjs' ? await translate(text, modules, typed) : text;
    await writeFile(
      join(folder, file.replace(/\.m?[jt]s$/, modules === 'cjs' ? '.cjs' : '.mjs')),
      translated,
    );
  }
  if (existsSync(join(source, 'proto'))) {
    await cp(join(source, 'proto'), join(folder, 'proto'), { recursive: true });
  }
  const args =
    modules === 'cjs'
      ? ['--require', './instrumentation.cjs', 'app.cjs']
      : ['--import', './instrumentation.mjs', 'app.mjs'];
  return { node, args, folder };
}

/** What a compiler makes of the example; a CommonJS application does without the loader hook, as the example says. */
async function translate(text: string, modules: Modules, typed: boolean): Promise<string> {
  const withoutHook = modules === 'cjs' ? text.replace(/^register\(.*\n/m, '') : text;
  const { code } = await transform(withoutHook, {
    format: modules,
    loader: typed ? 'ts' : 'js',
    target: 'node20',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  return modules === 'cjs' ? code.replaceAll(/(require\("\.\/[\w-]+)\.m?js"/g, '$1.cjs"') : code;
}
