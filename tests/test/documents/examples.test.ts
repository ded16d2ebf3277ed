// The examples are short, and say how they are started; that they work is tested in frameworks.test.ts and by the matrix.
import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FRAMEWORKS } from '../matrix/frameworks/frameworks.js';
import { REPOSITORY } from '../matrix/examples/stage.js';

const FOLDER = join(REPOSITORY, 'examples');
const examples = [...new Set(FRAMEWORKS.map(({ example }) => example))];

async function lines(folder: string): Promise<number> {
  // As entries, for without them links are followed, and packages of a workspace lead to each other and back.
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).map((entry) =>
    join(entry.parentPath, entry.name),
  );
  const own = files.filter((file) => !/node_modules|\.next/.test(file) && /\.(?:mjs|js|ts)$/.test(file));
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
      // What `npm start` compiles stands beside its source.
      const { scripts } = await manifest(folder);
      expect(await lines(folder)).to.be.within(20, 80);
      expect(await readFile(join(FOLDER, 'README.md'), 'utf8')).to.include(`| [${example}](${example}) |`);
      expect(scripts['start']).to.include('--import ./instrumentation.mjs');
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
