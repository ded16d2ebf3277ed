// What a Dockerfile, a composition, Kubernetes and systemd are given is in their words, and says the same as the server.
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { validate } from 'dockerfile-utils';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { REPOSITORY } from '../matrix/examples/stage.js';
import { composition } from './compose.js';
import { KUBERNETES, manifest } from './manifests.js';

const execute = promisify(execFile);
const UNIT = join(REPOSITORY, 'deploy/systemd/cerberus-server.service');
/** The types of Kubernetes' objects, by what their manifests say that they are. */
const MODULES: Readonly<Record<string, string>> = {
  'apps/v1': 'apps/v1',
  'networking.k8s.io/v1': 'networking/v1',
  v1: 'core/v1',
};

async function read(path: string): Promise<string> {
  return readFile(join(REPOSITORY, path), 'utf8');
}

/** What the compiler says of manifests as literals of their types: also that no type has a member of that name. */
async function mistakesIn(objects: readonly { apiVersion: string; kind: string }[]): Promise<string> {
  // In this folder, for the types to be found.
  const folder = await mkdtemp(join(REPOSITORY, 'tests/test-dist/manifests-'));
  try {
    const lines = objects.map(
      (object, index) =>
        `export const x${index}: import('kubernetes-types/${MODULES[object.apiVersion]}.js').${object.kind} = ${JSON.stringify(object)};\n`,
    );
    await writeFile(join(folder, 'manifests.ts'), lines.join(''));
    const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true, types: [] };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['manifests.ts'] }),
    );
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    return await execute(process.execPath, [tsc, '-p', folder]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Commands of the blocks in a part of a document, from a heading to the next one of its level. */
function commandsBelow(text: string, heading: string): readonly (readonly string[])[] {
  const [level = ''] = heading.split(' ');
  const [, part = ''] = text.split(`\n${heading}\n`);
  const [own = ''] = part.split(`\n${level} `);
  return [...own.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block.trim().split('\n'));
}

describe('deployment', function () {
  this.timeout(60_000);

  it('takes three commands in Docker, Kubernetes and systemd, the same in the README', async () => {
    const text = await read('docs/deployment.md');
    const ways = ['## Docker', '## Kubernetes', '## systemd'].map((way) => commandsBelow(text, way)[0]);
    expect(ways.map((way) => way?.length)).to.deep.equal([3, 3, 3]);
    const readme = commandsBelow(await read('README.md'), '## The server where your things run');
    expect(readme).to.deep.equal(ways);
  });

  it('gives each server that has no volume, and may write nowhere else, a folder to make exports in', () => {
    const variables = { CERBERUS_TOKEN: 't', CERBERUS_SECRET_KEY: 'k', POSTGRES_PASSWORD: 'p' };
    const servers = Object.values(composition('compose.cluster.yaml', variables)).filter(
      ({ environment }) => environment?.['CERBERUS_SERVER_STORE'] !== undefined,
    );
    expect(servers).to.have.length(3);
    for (const { read_only, volumes } of servers) {
      expect(read_only).to.equal(true);
      expect(volumes).to.deep.equal(['/tmp']);
    }
  });

  it('has a Dockerfile without a mistake', async () => {
    const mistakes = validate(await read('Dockerfile')).map(
      ({ message, range }) => `${range.start.line + 1}: ${String(message)}`,
    );
    expect(mistakes).to.deep.equal([]);
    expect(validate('FROM node\nUSR node\n')).to.have.length(1);
  });

  it('has compositions that keep to the specification', async () => {
    const schema = JSON.parse(await read('tests/schemas/compose-spec.json')) as object;
    const isValid = new Ajv({ strict: false, validateFormats: false, validateSchema: false }).compile(schema);
    for (const file of ['compose.yaml', 'compose.cluster.yaml'])
      expect(isValid(parse(await read(file), { merge: true })), JSON.stringify(isValid.errors)).to.equal(
        true,
      );
    expect(isValid({ services: { server: { imag: 'x' } } })).to.equal(false);
  });

  it('has manifests of the types that Kubernetes has', async () => {
    const files = await readdir(KUBERNETES);
    const objects = files.map((file) => manifest(file) as { apiVersion: string; kind: string });
    expect(objects.map(({ kind }) => kind).toSorted()).to.deep.equal([
      'NetworkPolicy',
      'Service',
      'StatefulSet',
    ]);
    expect(await mistakesIn(objects)).to.equal('');
    const misspelt = { apiVersion: 'v1', kind: 'Service', spek: {} };
    expect(await mistakesIn([misspelt])).to.match(/spek\W+ does not exist/);
  });

  it('has manifests that name each other, the ports of the server, and its version', async () => {
    const set = manifest('statefulset.yaml') as StatefulSet;
    const policy = manifest('network-policy.yaml') as { spec: { podSelector: object } };
    const service = manifest('service.yaml') as {
      metadata: { name: string };
      spec: { selector: object; ports: { port: number }[] };
    };
    const labels = set.spec?.template.metadata?.labels;
    expect(service.spec.selector).to.deep.equal(labels);
    expect(policy.spec.podSelector).to.deep.equal({ matchLabels: labels });
    expect(service.metadata.name).to.equal(set.spec?.serviceName);
    const [container] = set.spec?.template.spec?.containers ?? [];
    expect(container?.ports?.map(({ containerPort }) => containerPort)).to.deep.equal([8765]);
    expect(await read('Dockerfile')).to.match(/^EXPOSE 8765$/m);
    const { version } = JSON.parse(await read('packages/server/package.json')) as { version: string };
    expect(container?.image).to.equal(`ghcr.io/cerberus-otel/cerberus-server:${version}`);
  });

  it('has a pod without variables of services, of which one has the name of an option', () => {
    const { spec, metadata } = manifest('statefulset.yaml') as StatefulSet;
    const link = `${metadata?.name?.toUpperCase().replaceAll('-', '_')}_PORT`;
    expect(link).to.equal('CERBERUS_SERVER_PORT');
    expect(spec?.template.spec?.enableServiceLinks).to.equal(false);
  });

  it('has the database of the image for both C libraries, on both architectures', async () => {
    const lock = await read('pnpm-lock.yaml');
    const { dependencies } = JSON.parse(await read('packages/server/package.json')) as {
      dependencies: Record<string, string>;
    };
    const version = dependencies['@duckdb/node-api'];
    for (const name of ['linux-x64', 'linux-x64-musl', 'linux-arm64', 'linux-arm64-musl'])
      expect(lock).to.include(`'@duckdb/node-bindings-${name}@${version}'`);
  });

  if (spawnSync('systemd-analyze', ['--version']).status === 0)
    it('has a service that systemd finds well confined', async () => {
      // Above it is more than the network and the compiler of V8 need: 20 of 100 is what it calls OK.
      const args = ['security', '--offline=true', '--threshold=15', '--no-pager', UNIT];
      const { stdout } = await execute('systemd-analyze', args);
      expect(stdout).to.include('Overall exposure level');
    });
});
