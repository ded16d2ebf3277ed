// The check for advisories against the lowest versions that our packages allow, with the real npm and a registry of our own.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../../../scripts/advisories.mjs', import.meta.url));
const VERSIONS = ['1.0.0', '1.1.0', '1.2.0'];
const ADVISORY = {
  id: 1,
  url: 'https://advisories.example/1',
  title: 'falls over',
  severity: 'high',
  vulnerable_versions: '<1.1.0',
  cwe: [],
};

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** A registry with one package, `fragile`; `undefined` for one that does not answer questions about advisories. */
async function registry(advisories: unknown): Promise<string> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') return json(response, 200, packument());
    if (advisories === undefined) return json(response, 405, {});
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      json(response, 200, 'fragile' in (JSON.parse(text.toString('utf8')) as object) ? advisories : {});
    });
  });
  afterTest(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function packument(): unknown {
  const dist = { tarball: 'http://127.0.0.1:1/fragile.tgz', shasum: '0'.repeat(40) };
  const versions = VERSIONS.map((version) => [version, { name: 'fragile', version, dist }]);
  return { name: 'fragile', 'dist-tags': { latest: '1.2.0' }, versions: Object.fromEntries(versions) };
}

/** Runs the check over one package with this range. */
async function checked(range: string, registryUrl: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-ranges-'));
  afterTest(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'packages/ours'), { recursive: true });
  const manifest = { name: 'ours', dependencies: { fragile: range } };
  writeFileSync(join(folder, 'packages/ours/package.json'), JSON.stringify(manifest));
  const env = { ...process.env, npm_config_registry: registryUrl, npm_config_cache: join(folder, 'cache') };
  const outcome = run(process.execPath, [SCRIPT, join(folder, 'packages')], { env, timeout: 100_000 });
  return outcome.then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

describe('the check for advisories', function () {
  this.timeout(120_000);

  it('fails for a range whose lowest version has an advisory, though its newest has none', async () => {
    const { code, output } = await checked('^1.0.0', await registry({ fragile: [ADVISORY] }));
    expect(output).to.include('falls over https://advisories.example/1');
    expect(code).to.equal(1);
  });

  it('passes once the range begins above the advisory', async () => {
    const { code, output } = await checked('^1.1.0', await registry({ fragile: [ADVISORY] }));
    expect(output).to.include('no known advisory');
    expect(code).to.equal(0);
  });

  it('says that nothing was checked, and does not fail, where the registry does not answer', async () => {
    const { code, output } = await checked('^1.0.0', await registry(undefined));
    expect(output).to.include('NOT CHECKED').and.to.include('405');
    expect(code).to.equal(0);
  });
});
