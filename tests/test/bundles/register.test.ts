// `register` where its files are not as they were published: in a bundle, and in the folders that deployments copy what is imported to.
import { expect } from 'chai';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** The packages with what a bundler finds in them, and nothing else. */
async function copyImported(folder: string): Promise<void> {
  const packages = await Promise.all(
    ['instrumentation', 'exporter-ws'].map(async (name) => ({
      from: await realpath(join(TESTS, 'node_modules/@cerberus-otel', name)),
      to: join(folder, 'node_modules/@cerberus-otel', name),
    })),
  );
  const others = ['@opentelemetry/api', 'ws'];
  for (const name of others) {
    const from = await realpath(join(TESTS, 'node_modules', name));
    await cp(from, join(folder, 'node_modules', name), { recursive: true });
  }
  for (const { from, to } of packages)
    await cp(join(from, 'package.json'), join(to, 'package.json'), { recursive: true });
  for (const input of await bundled(`import '${REGISTER}';`, 'esm', join(folder, 'unused.mjs'))) {
    const file = await realpath(join(TESTS, input));
    const home = packages.find(({ from }) => file.startsWith(from));
    if (home === undefined) continue;
    const copy = join(home.to, file.slice(home.from.length));
    await mkdir(dirname(copy), { recursive: true });
    await cp(file, copy);
  }
}
