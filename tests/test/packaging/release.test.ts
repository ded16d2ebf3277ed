// What gives everything its next version, and what says what a package brings along.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../matrix/examples/stage.js';

const run = promisify(execFile);
const PACKAGES = ['exporter-ws', 'instrumentation', 'server'];

interface Changelog {
  readonly withVersion: (text: string, version: string, date: string) => string;
  readonly notesOf: (text: string, version: string) => string;
}

interface Manifest {
  readonly version: string;
  readonly [key: string]: unknown;
}

async function read(folder: string, path: string): Promise<string> {
  return readFile(join(folder, path), 'utf8');
}

async function manifest(folder: string, path: string): Promise<Manifest> {
  return JSON.parse(await read(folder, path)) as Manifest;
}

describe('a release', function () {
  this.timeout(60_000);

  describe('the changelog', () => {
    const TEXT =
      '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- New.\n\n## [0.1.0] - 2026-01-01\n\n- Old.\n';
    let changelog: Changelog;

    before(async () => {
      changelog = (await import(join(REPOSITORY, 'scripts/release/changelog.mjs'))) as Changelog;
    });

    it('has what was unreleased under its version, once', () => {
      const next = changelog.withVersion(TEXT, '0.2.0', '2026-02-02');
      expect(next).to.include(
        '## [Unreleased]\n\n## [0.2.0] - 2026-02-02\n\n### Added\n\n- New.\n\n## [0.1.0]',
      );
      expect(changelog.withVersion(next, '0.2.0', '2026-03-03')).to.equal(next);
      expect(() => changelog.withVersion(next, '0.3.0', '2026-03-03')).to.throw('nothing under [Unreleased]');
    });

    it('gives the notes of a version, and of what is unreleased as long as it has none', () => {
      expect(changelog.notesOf(TEXT, '0.1.0')).to.equal('- Old.');
      expect(changelog.notesOf(TEXT, '0.2.0')).to.equal('### Added\n\n- New.');
    });
  });

  it('gives packages, changelog and manifests one next version, from a changeset for one of them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-version-'));
    try {
      const files = [
        '.changeset',
        'CHANGELOG.md',
        'deploy/kubernetes',
        'docs/openapi.json',
        'package.json',
        'pnpm-workspace.yaml',
        'scripts',
      ];
      const ours = PACKAGES.map((name) => `packages/${name}/package.json`);
      const said = ['exporter-ws', 'server'].map((name) => `packages/${name}/src/observe/version.ts`);
      const examples = (await readdir(join(REPOSITORY, 'examples'), { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `examples/${name}/package.json`);
      for (const path of [...files, ...ours, ...said, ...examples])
        await cp(join(REPOSITORY, path), join(folder, path), { recursive: true });
      await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
      await mkdir(join(folder, '.changeset'), { recursive: true });
      await writeFile(
        join(folder, '.changeset/brave-bee.md'),
        "---\n'@cerberus-otel/server': minor\n---\n\nA filter.\n",
      );
      const before = (await manifest(folder, 'packages/server/package.json')).version;
      const [major, minor] = before.split('.');
      const next = `${major}.${Number(minor) + 1}.0`;
      const { stdout } = await run(process.execPath, [join(folder, 'scripts/version.mjs')], { cwd: folder });
      expect(stdout).to.include(`everything is ${next}\n`);
      for (const name of PACKAGES)
        expect((await manifest(folder, `packages/${name}/package.json`)).version, name).to.equal(next);
      expect(await read(folder, 'CHANGELOG.md')).to.match(
        new RegExp(`^## \\[${next}\\] - \\d{4}-\\d\\d-\\d\\d$`, 'm'),
      );
      expect(await read(folder, 'deploy/kubernetes/statefulset.yaml')).to.include(
        `/cerberus-server:${next}\n`,
      );
      for (const path of said)
        expect(await read(folder, path), path).to.include(`export const VERSION = '${next}';`);
      const { info } = JSON.parse(await read(folder, 'docs/openapi.json')) as { info: { version: string } };
      expect(info.version).to.equal(next);
      const tarballs = (await Promise.all(examples.map((path) => read(folder, path))))
        .join('')
        .match(/tarballs\/.*\.tgz/g);
      expect(new Set(tarballs)).to.deep.equal(
        new Set(
          ['exporter-ws', 'instrumentation'].map((name) => `tarballs/cerberus-otel-${name}-${next}.tgz`),
        ),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is asked for by a pull request that nobody asks for changesets: it uses them up', async () => {
    const { baseBranch } = await manifest(REPOSITORY, '.changeset/config.json');
    const [, job = ''] = (await read(REPOSITORY, '.github/workflows/ci.yml')).split(/^ {2}changeset:$/m);
    // What changesets/action calls the branch.
    expect(job).to.match(
      new RegExp(`^ {4}if: .* && github\\.head_ref != 'changeset-release/${String(baseBranch)}'$`, 'm'),
    );
  });

  it('says of each package where it comes from, and wants it published with its provenance', async () => {
    const { repository } = (await manifest(REPOSITORY, 'package.json')) as unknown as {
      repository: { url: string };
    };
    for (const name of PACKAGES) {
      const {
        bugs,
        engines,
        homepage,
        license,
        publishConfig,
        repository: own,
      } = await manifest(REPOSITORY, `packages/${name}/package.json`);
      // npm refuses a provenance from another repository.
      expect(own).to.deep.equal({ type: 'git', url: repository.url, directory: `packages/${name}` });
      expect(publishConfig).to.deep.equal({ access: 'public', provenance: true });
      const base = repository.url.replace(/^git\+(.*)\.git$/, '$1');
      expect([bugs, homepage]).to.deep.equal([`${base}/issues`, `${base}/tree/main/packages/${name}#readme`]);
      expect([license, engines]).to.deep.equal(['MIT', { node: '^20.19.0 || >=22.12.0' }]);
    }
  });
});
