import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild, transform } from 'esbuild';
import webpack from 'webpack';

const APPS = fileURLToPath(new URL('../../apps/bundles/', import.meta.url));

/** Applications of `apps/bundles`, a file each. */
const ENTRIES = ['without', 'imported', 'with', 'bare'] as const;

/** How an application is bundled. */
export interface Bundling {
  readonly bundler: 'esbuild' | 'webpack';
  readonly format: 'cjs' | 'esm';
  /** Whether packages stay outside. */
  readonly externals: boolean;
}

/** All ways that are tested. */
export const BUNDLINGS: readonly Bundling[] = (['esbuild', 'webpack'] as const).flatMap((bundler) =>
  (['cjs', 'esm'] as const).flatMap((format) =>
    [false, true].map((externals) => ({ bundler, format, externals })),
  ),
);

/** The file of an application. */
export function bundleFile(folder: string, entry: string, { format }: Bundling): string {
  return join(folder, `${entry}.${format === 'esm' ? 'mjs' : 'cjs'}`);
}

/** Bundles all applications into `folder`, minified. */
export async function bundle(folder: string, bundling: Bundling): Promise<void> {
  await (bundling.bundler === 'esbuild' ? withEsbuild(folder, bundling) : withWebpack(folder, bundling));
}

async function withEsbuild(folder: string, { format, externals }: Bundling): Promise<void> {
  const isEsm = format === 'esm';
  await esbuild({
    entryPoints: ENTRIES.map((entry) => join(APPS, `${entry}.mjs`)),
    outdir: folder,
    outExtension: { '.js': isEsm ? '.mjs' : '.cjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format,
    logLevel: 'error',
    ...(externals && { packages: 'external' }),
    // What is imported later has to stay later: in one file all imports of packages come first.
    ...(isEsm && externals && { splitting: true, chunkNames: 'chunks/[hash]' }),
    ...(isEsm && {
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
  });
}

async function withWebpack(folder: string, bundling: Bundling): Promise<void> {
  const { format, externals } = bundling;
  const isEsm = format === 'esm';
  const compiler = webpack({
    mode: 'production',
    target: 'node20',
    devtool: false,
    // By esbuild below: webpack's own minifier takes minutes.
    optimization: { minimize: false },
    entry: Object.fromEntries(ENTRIES.map((entry) => [entry, join(APPS, `${entry}.mjs`)])),
    output: {
      path: folder,
      filename: `[name].${isEsm ? 'mjs' : 'cjs'}`,
      ...(isEsm
        ? { module: true, chunkFormat: 'module', library: { type: 'module' } }
        : { library: { type: 'commonjs2' } }),
    },
    experiments: { outputModule: isEsm },
    plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })],
    ...(externals && {
      externals: [
        ({ request = '' }): Promise<string | false> =>
          Promise.resolve(
            /^(?!node:)[@a-z]/.test(request) && `${isEsm ? 'module-import' : 'commonjs'} ${request}`,
          ),
      ],
    }),
  });
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    compiler.run((error, result) => (error === null ? resolve(result) : reject(error)));
  });
  await new Promise<void>((resolve) => compiler.close(() => resolve()));
  if (stats?.hasErrors() !== false) throw new Error(stats?.toString('errors-only'));
  for (const entry of ENTRIES) {
    const file = bundleFile(folder, entry, bundling);
    const { code } = await transform(await readFile(file, 'utf8'), { minify: true, platform: 'node' });
    await writeFile(file, code);
  }
}
