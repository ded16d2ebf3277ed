// The examples are short, and say how they are started; that they work is tested in frameworks.test.ts and by the matrix.
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { FRAMEWORKS } from '../matrix/frameworks/frameworks.js';
import { REPOSITORY } from '../matrix/examples/stage.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const FOLDER = join(REPOSITORY, 'examples');
const COMMANDS = join(REPOSITORY, 'tests', 'node_modules', '.bin');
const examples = [...new Set(FRAMEWORKS.map(({ example }) => example))];

async function lines(folder: string): Promise<number> {
  // As entries, for without them links are followed, and packages of a workspace lead to each other and back.
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).map((entry) =>
    join(entry.parentPath, entry.name),
  );
  // What `npm start` compiles stands beside its source.
  const sources = files.filter((file) => file.endsWith('.ts'));
  const compiled = new Set(sources.map((file) => file.replace(/ts$/, 'mjs')));
  const own = files.filter(
    (file) => !/node_modules|\.next/.test(file) && /\.(?:mjs|js|ts)$/.test(file) && !compiled.has(file),
  );
  const texts = await Promise.all(own.map((file) => readFile(file, 'utf8')));
  return texts.reduce((sum, text) => sum + text.trimEnd().split('\n').length, 0);
}

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

async function manifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

describe('examples', () => {
  it('are all run by the matrix', async () => {
    const folders = (await readdir(FOLDER)).filter((name) => !name.endsWith('.md') && name !== 'demo');
    expect(examples.toSorted()).to.deep.equal(folders.toSorted());
  });

  for (const example of examples) {
    it(`${example} has at most 80 lines, a line in the README, and a start command`, async () => {
      const folder = join(FOLDER, example);
      const { scripts } = await manifest(folder);
      expect(await lines(folder)).to.be.within(20, 80);
      expect(await readFile(join(FOLDER, 'README.md'), 'utf8')).to.include(`| [${example}](${example}) |`);
      expect(scripts['start']).to.include('--import ./instrumentation.mjs');
    });

    it(`${example} compiles by its own command, where it has one of a compiler`, async () => {
      const folder = join(FOLDER, example);
      const { scripts } = await manifest(folder);
      const { build } = scripts;
      if (build?.startsWith('esbuild ') !== true) return;
      const copy = await mkdtemp(join(tmpdir(), 'cerberus-example-'));
      afterTest(() => rm(copy, { recursive: true }));
      for (const file of await readdir(folder))
        if (/\.(?:ts|json)$/.test(file)) await cp(join(folder, file), join(copy, file));
      const PATH = `${COMMANDS}${delimiter}${process.env['PATH'] ?? ''}`;
      const { status, stderr } = spawnSync(build, {
        cwd: copy,
        shell: true,
        encoding: 'utf8',
        env: { PATH },
      });
      expect(status, stderr).to.equal(0);
      expect(await readFile(join(copy, 'app.mjs'), 'utf8')).to.include('listen');
    });

    it(`${example} installs the packages of this version`, async () => {
      const { dependencies } = await manifest(join(FOLDER, example));
      for (const name of ['exporter-ws', 'instrumentation']) {
        const asked = dependencies[`@cerberus-otel/${name}`];
        const { version } = await manifest(join(REPOSITORY, 'packages', name));
        const packed = `file:../../tarballs/cerberus-otel-${name}-${version}.tgz`;
        expect(asked === undefined ? 'workspace:*' : asked).to.be.oneOf(['workspace:*', packed]);
      }
    });
  }
});
