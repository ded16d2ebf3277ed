// What a user installs: the packed tarballs, in both module systems, type-checked against both SDK lines.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ScriptedServer } from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const PACKAGES = ['exporter-ws', 'instrumentation', 'server'];

/** SDK lines: what is installed, and where the tracing SDK is in it. */
const SDKS = {
  'SDK 2': {
    trace: '@opentelemetry/sdk-trace-base',
    packages: [
      '@opentelemetry/api@1.9.1',
      '@opentelemetry/sdk-node@0.223.0',
      '@opentelemetry/sdk-trace-base@2.12.1',
      '@opentelemetry/instrumentation-http@0.223.0',
    ],
  },
  'SDK 3': {
    trace: '@opentelemetry/sdk-trace',
    packages: [
      '@opentelemetry/api@1.10.0',
      '@opentelemetry/sdk-node@0.301.0',
      '@opentelemetry/sdk-trace@3.1.1',
      '@opentelemetry/instrumentation-http@0.301.0',
    ],
  },
};

const TYPED_USE = `
import { CerberusWsExporter, type ExporterStats } from '@cerberus-otel/exporter-ws';
import { CerberusSampler, CerberusSpanProcessor, HttpServerInstrumentation, setConsumer, setMetric, setMetrics, setUserId, withCerberus } from '@cerberus-otel/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler, type Sampler, type SpanExporter, type SpanProcessor } from 'SDK_TRACE';

const exporter = new CerberusWsExporter({ wsUrl: 'ws://localhost/ws', token: 't', clientId: 'c' });
const asExporter: SpanExporter = exporter;
const asProcessor: SpanProcessor = new CerberusSpanProcessor({ exporter, secretKey: 'k' });
const asSampler: Sampler = new CerberusSampler(new AlwaysOnSampler(), { record: 'request' });
const own: Partial<NodeSDKConfiguration> = { instrumentations: [new HttpInstrumentation()] };
const incoming = new HttpServerInstrumentation({
  requestHook: (span, request) => void span.setAttribute('target', request.url ?? ''),
  ignoreIncomingRequestHook: ({ headers }) => headers['x-probe'] !== undefined,
  headersToSpanAttributes: { server: { requestHeaders: ['x-tenant'] } },
});
export const sdks = [
  new NodeSDK({ traceExporter: asExporter }),
  new NodeSDK({ spanProcessors: [asProcessor], sampler: asSampler }),
  new NodeSDK(withCerberus(own, { wsUrl: 'ws://localhost/ws', token: 't', clientId: 'c', secretKey: 'k' })),
  new NodeSDK(withCerberus({ instrumentations: [incoming, [incoming]] }, {})),
  new NodeSDK(withCerberus({ serviceName: 'x' }, {})),
];
export const stats: ExporterStats = exporter.stats();
setMetric('a', 1);
setMetrics({ b: true, c: ['x'] });
setUserId('u');
setConsumer('c', { group: 'g', label: 'l' });
`;

const ONE_REQUEST = `
    const http = require('node:http');
    const server = http.createServer((request, response) => response.end()).listen(0, '127.0.0.1', () => {
      http.get({ port: server.address().port, host: '127.0.0.1', path: '/seen?q=1', agent: false }, (response) => {
        response.resume().on('end', () => server.close());
      });
    });`;

/** What the user's own parts got: names of spans. */
interface Got {
  readonly exporter: string[];
  readonly processor: string[];
  readonly console: string[];
}

/** An SBOM, as far as it is looked at. */
interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly name: string }[];
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  },
  files: ['esm.mts', 'cjs.cts'],
};

function cerberusEnvironment(wsUrl: string): Record<string, string> {
  return {
    CERBERUS_WS_URL: wsUrl,
    CERBERUS_TOKEN: 't',
    CERBERUS_CLIENT_ID: 'c',
    CERBERUS_SECRET_KEY: 'k'.repeat(32),
  };
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
  let tarballs: string[];

  async function npm(cwd: string, ...args: string[]): Promise<void> {
    await run('npm', [...args, '--no-audit', '--no-fund', '--prefer-offline'], { cwd });
  }

  /** An empty project with the tarballs and `others` installed. */
  async function project(name: string, others: readonly string[] = []): Promise<string> {
    const cwd = join(folder, name);
    await mkdir(cwd);
    await writeFile(join(cwd, 'package.json'), '{ "name": "user", "private": true }');
    await npm(cwd, 'install', ...tarballs, ...others);
    return cwd;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cerberus-pack-'));
    await run(process.execPath, [join(root, 'scripts/pack.mjs'), folder]);
    tarballs = (await readdir(folder))
      .filter((file) => file.endsWith('.tgz'))
      .map((file) => join(folder, file));
  });
  after(() => rm(folder, { recursive: true, force: true }));

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

  for (const [name, sdk] of Object.entries(SDKS)) {
    it(`work from require and from import with ${name}, and type-check without skipLibCheck`, async () => {
      const cwd = await project(name.replace(' ', ''), sdk.packages);
      const use =
        'new CerberusWsExporter({ wsUrl: "ws://localhost/", token: "t", clientId: "c" }).stats().state + typeof CerberusSpanProcessor + typeof withCerberus';
      const required = await run(
        process.execPath,
        [
          '-e',
          `const { CerberusWsExporter } = require('@cerberus-otel/exporter-ws'); const { CerberusSpanProcessor, withCerberus } = require('@cerberus-otel/instrumentation'); console.log(${use})`,
        ],
        { cwd },
      );
      const imported = await run(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { CerberusWsExporter } from '@cerberus-otel/exporter-ws'; import { CerberusSpanProcessor, withCerberus } from '@cerberus-otel/instrumentation'; console.log(${use})`,
        ],
        { cwd },
      );
      expect([required.stdout.trim(), imported.stdout.trim()]).to.deep.equal([
        'idlefunctionfunction',
        'idlefunctionfunction',
      ]);

      const source = TYPED_USE.replace('SDK_TRACE', sdk.trace);
      await writeFile(join(cwd, 'esm.mts'), source);
      await writeFile(join(cwd, 'cjs.cts'), source);
      await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify(TSCONFIG));
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const checked = await run(process.execPath, [tsc, '-p', cwd]).catch(
        (error: { stdout: string }) => error,
      );
      expect(checked.stdout).to.equal('');
    });
  }

  for (const flag of ['--import', '--require']) {
    it(`name what is missing when set up by ${flag} without OpenTelemetry, and the application runs on`, async () => {
      const cwd = await project(`bare${flag}`);
      const register = '@cerberus-otel/instrumentation/register';
      const env = { ...process.env, CERBERUS_CAPTURE: 'otel' };
      const args = [flag, register, '-p', '"runs on"'];
      const { stdout, stderr } = await run(process.execPath, args, { cwd, env });
      expect(stdout.trim()).to.equal('runs on');
      // With versions where the newest would not go together.
      const command =
        /Run: npm install (?:@opentelemetry\/api@1\.9 )?@opentelemetry\/sdk-node(?:@0\.223)? @opentelemetry\/instrumentation-http/;
      expect(stderr).to.include('CERBERUS_PACKAGE_MISSING').and.match(command);
    });

    it(`count by ${flag} where nothing else is installed, and say what an SDK that is asked for lacks`, async () => {
      const cwd = join(folder, `bare${flag}`);
      const backend = await ScriptedServer.start();
      try {
        const env = { ...process.env, ...cerberusEnvironment(backend.url) };
        const args = [flag, '@cerberus-otel/instrumentation/register', '-e', ONE_REQUEST];
        const { stderr } = await run(process.execPath, args, { cwd, env });
        expect(stderr).to.equal('');
        const asked = { ...env, OTEL_TRACES_EXPORTER: 'otlp' };
        const { stderr: said } = await run(process.execPath, args, { cwd, env: asked });
        expect(said).to.match(/CERBERUS_PACKAGE_MISSING.*OpenTelemetry is off: @opentelemetry\/sdk-node/);
        expect(backend.events.map(({ endpoint }) => endpoint)).to.deep.equal(['/seen', '/seen']);
      } finally {
        await backend.stop();
      }
    });
  }

  for (const name of Object.keys(SDKS)) {
    for (const [flag, capture] of [
      ['--import', 'light'],
      ['--import', 'otel'],
      ['--require', 'light'],
      ['--require', 'otel'],
    ] as const) {
      it(`set an application up by ${flag} with ${name} (${capture})`, async () => {
        const backend = await ScriptedServer.start();
        try {
          await run(process.execPath, [flag, '@cerberus-otel/instrumentation/register', '-e', ONE_REQUEST], {
            cwd: join(folder, name.replace(' ', '')),
            env: { ...process.env, ...cerberusEnvironment(backend.url), CERBERUS_CAPTURE: capture },
          });
          expect(backend.events.map(({ endpoint }) => endpoint)).to.deep.equal(['/seen']);
        } finally {
          await backend.stop();
        }
      });
    }
  }

  it('use all of auto-instrumentations-node where it is installed, with its variables', async () => {
    const cwd = join(folder, 'SDK2');
    await npm(cwd, 'install', '@opentelemetry/auto-instrumentations-node@0.81.0');
    const backend = await ScriptedServer.start();
    try {
      const register = '@cerberus-otel/instrumentation/register';
      const env = {
        ...process.env,
        ...cerberusEnvironment(backend.url),
        OTEL_NODE_RESOURCE_DETECTORS: 'none',
        CERBERUS_CAPTURE: 'otel',
      };
      await run(process.execPath, ['--import', register, '-e', ONE_REQUEST], { cwd, env });
      expect(backend.events).to.have.length(1);
      const without = { ...env, OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' };
      await run(process.execPath, ['--import', register, '-e', ONE_REQUEST], { cwd, env: without });
      expect(backend.events).to.have.length(1);
    } finally {
      await backend.stop();
    }
  });

  for (const [name, sdk] of Object.entries(SDKS)) {
    it(`leave the user's exporter, processors, sampler and variables as they were, in each combination, with ${name}`, async () => {
      const cwd = join(folder, name.replace(' ', ''));
      const backend = await ScriptedServer.start();
      try {
        await copyFile(join(root, 'tests/apps/combinations.mjs'), join(cwd, 'combinations.mjs'));
        const env = { ...process.env, WS_URL: backend.url, SDK_TRACE: sdk.trace };
        const { stdout } = await run(process.execPath, ['combinations.mjs'], { cwd, env });
        const results = JSON.parse(stdout) as { combination: object; alone: Got; beside: Got }[];
        expect(results).to.have.length(24);
        for (const { combination, alone, beside } of results)
          expect(beside, JSON.stringify(combination)).to.deep.equal(alone);
        expect(results.some(({ alone }) => alone.exporter.length > 0)).to.equal(true);
        expect(results.some(({ alone }) => alone.processor.length > 0)).to.equal(true);
        expect(results.some(({ alone }) => alone.console.length > 0)).to.equal(true);
        const counted = backend.events.map(({ endpoint }) => endpoint);
        expect(counted).to.deep.equal(results.flatMap(() => ['/00', '/01']));
      } finally {
        await backend.stop();
      }
    });
  }

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
