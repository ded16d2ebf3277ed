// What a user installs: the packed tarballs, in both module systems, type-checked against both SDK lines.
import { expect } from 'chai';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ScriptedServer } from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { npm, packed, project, root, run } from './packed.js';
import { TSCONFIG, TYPED_USE } from './typed-use.js';

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

function cerberusEnvironment(wsUrl: string): Record<string, string> {
  return {
    CERBERUS_WS_URL: wsUrl,
    CERBERUS_TOKEN: 't',
    CERBERUS_CLIENT_ID: 'c',
    CERBERUS_SECRET_KEY: 'k'.repeat(32),
  };
}

describe('packed packages, installed,', function () {
  this.timeout(180_000);
  let folder: string;

  before(async () => {
    ({ folder } = await packed());
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
});
