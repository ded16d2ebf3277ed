// `register` where its files are not as they were published: in a bundle, and in the folders that deployments copy what is imported to.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, stop } from 'esbuild';
import { answerOf } from '../support/answering-app.js';

const TESTS = fileURLToPath(new URL('../../', import.meta.url));
const REGISTER = '@cerberus-otel/instrumentation/register';
const APP = `
import { createServer } from 'node:http';
const server = createServer((request, response) => response.end('{}'));
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
`;

describe('register', function () {
  this.timeout(60_000);
  let folder: string;

  // Of esbuild, which keeps a process.
  after(() => stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cerberus-elsewhere-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const format of ['cjs', 'esm'] as const) {
    it(`lets an application run that has it in its bundle (${format}), and says once that nothing is counted`, async () => {
      const file = join(folder, format === 'esm' ? 'app.mjs' : 'app.cjs');
      await bundled(`import '${REGISTER}';${APP}`, format, file);
      const { body, routes, said } = await answerOf(folder, [file], { eventMillis: 0 });
      expect(body).to.deep.equal({});
      expect(routes).to.deep.equal([]);
      expect(said.match(/CERBERUS_SETUP_FAILED.* in a bundle/g), said).to.have.length(1);
    });
  }

  it('counts where nothing was copied but the modules that it imports, as ES modules', async () => {
    await writeFile(join(folder, 'app.mjs'), APP);
    await copyImported(folder);
    const { routes, said } = await answerOf(folder, ['--import', REGISTER, 'app.mjs']);
    expect(routes, said).to.have.length(1);
    expect(said).to.equal('');
  });

  it('names the API where a package manager has left it out, as `cerberus-otel doctor` does, and the application runs', async () => {
    await writeFile(join(folder, 'app.mjs'), APP);
    const instrumentation = await copyWhole(folder);
    const { body, routes, said } = await answerOf(folder, ['--import', REGISTER, 'app.mjs'], {
      eventMillis: 0,
    });
    expect([body, routes]).to.deep.equal([{}, []]);
    const command = 'npm install @opentelemetry/api@1.9';
    expect(said).to.match(new RegExp(`CERBERUS_PACKAGE_MISSING.*Run: ${command}\n`));
    const doctor = promisify(execFile)(process.execPath, [
      join(instrumentation, 'bin/cerberus-otel.mjs'),
      'doctor',
    ]);
    const failure = await doctor.catch((error: unknown) => error as { code: number; stderr: string });
    expect(failure).to.include({ code: 1, stderr: `@opentelemetry/api not found. Run: ${command}\n` });
  });
});

async function bundled(contents: string, format: 'cjs' | 'esm', outfile: string): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: TESTS },
    absWorkingDir: TESTS,
    bundle: true,
    platform: 'node',
    format,
    outfile,
    metafile: true,
    logLevel: 'error',
    ...(format === 'esm' && {
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
    }),
  });
  return Object.keys(metafile.inputs).filter((input) => !input.startsWith('<'));
}

/** Of our packages: where they are, and where an application in `folder` has them. */
async function homes(folder: string): Promise<readonly { readonly from: string; readonly to: string }[]> {
  return Promise.all(
    ['instrumentation', 'exporter-ws'].map(async (name) => ({
      from: await realpath(join(TESTS, 'node_modules/@cerberus-otel', name)),
      to: join(folder, 'node_modules/@cerberus-otel', name),
    })),
  );
}

async function copyDependency(name: string, folder: string): Promise<void> {
  const from = await realpath(join(TESTS, 'node_modules', name));
  await cp(from, join(folder, 'node_modules', name), { recursive: true });
}

/** Our packages with what a bundler finds in them, and nothing else. */
async function copyImported(folder: string): Promise<void> {
  const packages = await homes(folder);
  await copyDependency('@opentelemetry/api', folder);
  await copyDependency('ws', folder);
  for (const { from, to } of packages) await cp(join(from, 'package.json'), join(to, 'package.json'));
  for (const input of await bundled(`import '${REGISTER}';`, 'esm', join(folder, 'unused.mjs'))) {
    const file = await realpath(join(TESTS, input));
    const home = packages.find(({ from }) => file.startsWith(from));
    if (home === undefined) continue;
    const copy = join(home.to, file.slice(home.from.length));
    await mkdir(dirname(copy), { recursive: true });
    await cp(file, copy);
  }
}

/** Our packages as they are published, without the API. @returns where the instrumentation is */
async function copyWhole(folder: string): Promise<string> {
  const packages = await homes(folder);
  await copyDependency('ws', folder);
  for (const { from, to } of packages) {
    for (const part of ['package.json', 'dist', 'bin']) {
      if (existsSync(join(from, part))) await cp(join(from, part), join(to, part), { recursive: true });
    }
  }
  return join(folder, 'node_modules/@cerberus-otel/instrumentation');
}
