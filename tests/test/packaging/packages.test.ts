// What is published: what the tarballs hold, what they need, and what they declare.
import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { EARLIER, packed, project, root, run } from './packed.js';

const PACKAGES = ['exporter-ws', 'instrumentation', 'server'];

/** An SBOM, as far as it is looked at. */
interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly name: string }[];
}

/** Follows the relative imports of a declaration file and collects the others. */
async function collectImports(file: string, seen: Set<string>, foreign: Set<string>): Promise<void> {
  if (seen.has(file)) return;
  seen.add(file);
  const text = await readFile(file, 'utf8');
  for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)) {
    if (!specifier.startsWith('.')) foreign.add(specifier);
    else await collectImports(join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')), seen, foreign);
  }
}

describe('packed packages', function () {
  this.timeout(180_000);
  let folder: string;
  let tarballs: readonly string[];

  before(async () => {
    ({ folder, tarballs } = await packed());
  });

  it('take the place of those of another version', async () => {
    expect(await readdir(folder)).to.not.include(EARLIER);
  });

  it('hold the build, the licence and nothing of the sources or tests', async () => {
    expect(tarballs).to.have.length(PACKAGES.length);
    for (const tarball of tarballs) {
      const { stdout } = await run('tar', ['-tzf', tarball]);
      const files = stdout
        .trim()
        .split('\n')
        .map((file) => file.replace('package/', ''));
      expect(files).to.include.members(['package.json', 'LICENSE', 'README.md']);
      if (tarball.includes('server'))
        expect(files).to.include.members([
          'dist/page/index.html',
          'dist/openapi.json',
          'dist/schemas/event.json',
        ]);
      expect(
        files.filter((file) => /^(src|test|test-dist|page)\/|\.map$|tsbuildinfo/.test(file)),
        tarball,
      ).to.deep.equal([]);
      if (tarball.includes('exporter-ws'))
        expect(files).to.include.members(['PROTOCOL.md', 'event.schema.json']);
    }
  });

  it('have a bill of what installing them brings, with packages of ours from their tarballs and no path', async () => {
    const [exporter = '', instrumentation = ''] = tarballs;
    const { sbomOf } = (await import(join(root, 'scripts/release/sbom.mjs'))) as {
      sbomOf: (manifest: object, tarball: string, ours: ReadonlyMap<string, string>) => Bill;
    };
    const text = await readFile(join(root, 'packages/instrumentation/package.json'), 'utf8');
    const ours = new Map([['@cerberus-otel/exporter-ws', exporter]]);
    const bill = sbomOf(JSON.parse(text) as object, instrumentation, ours);
    expect([bill.bomFormat, bill.metadata.component.name]).to.deep.equal([
      'CycloneDX',
      '@cerberus-otel/instrumentation',
    ]);
    const names = bill.components.map(({ name }) => name);
    expect(names.toSorted()).to.deep.equal(['@cerberus-otel/exporter-ws', '@opentelemetry/api', 'ws']);
    expect(JSON.stringify(bill)).not.to.include(folder);
  });

  it('declare types that import nothing but @opentelemetry/api and each other', async () => {
    for (const name of ['exporter-ws', 'instrumentation']) {
      const seen = new Set<string>();
      const foreign = new Set<string>();
      await collectImports(join(root, 'packages', name, 'dist/esm/index.d.ts'), seen, foreign);
      foreign.delete('@opentelemetry/api');
      foreign.delete('@cerberus-otel/exporter-ws');
      foreign.delete('@cerberus-otel/exporter-ws/internal');
      expect([...foreign], name).to.deep.equal([]);
      expect(seen.size, 'files that were looked at').to.be.above(3);
    }
  });

  it('have no runtime dependency but those that are explained', async () => {
    const dependencies = async (name: string): Promise<string[]> => {
      const text = await readFile(join(root, 'packages', name, 'package.json'), 'utf8');
      return Object.keys((JSON.parse(text) as { dependencies: Record<string, string> }).dependencies);
    };
    expect(await dependencies('exporter-ws')).to.deep.equal(['ws']);
    expect(await dependencies('instrumentation')).to.deep.equal(['@cerberus-otel/exporter-ws']);
    expect(await dependencies('server')).to.deep.equal([
      '@bufbuild/protobuf',
      '@cerberus-otel/exporter-ws',
      '@duckdb/node-api',
      'commander',
      'croner',
      'nodemailer',
      'prom-client',
      'sirv',
      'valibot',
      'ws',
    ]);
  });

  it('give the server a command that starts where it is installed', async () => {
    const cwd = await project('server');
    const { stdout } = await run('npx', ['--no-install', 'cerberus-server', '--help'], { cwd });
    expect(stdout).to.include('--port').and.include('--db');
    expect(dirname(cwd)).to.equal(folder);
  });
});
