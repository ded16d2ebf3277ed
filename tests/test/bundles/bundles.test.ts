// Real applications, bundled: the application's own spans are what they were without Cerberus, and each request is an event.
// Writes its table of docs/coexistence.md with CERBERUS_WRITE_DOCS=true, and otherwise compares with it.
import { expect } from 'chai';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stop } from 'esbuild';
import {
  BatchBackend,
  ScriptedServer,
} from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { bundle, bundleFile, BUNDLINGS, type Bundling } from './build.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { cerberusEnvironment } from '../support/cerberus-environment.js';
import { JsonLines } from '../support/lines.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { keepTable } from '../support/written-table.js';

const TESTS = fileURLToPath(new URL('../../', import.meta.url));
const REQUESTS = 3;
const NO_SDK = /CERBERUS_CONFIG_INVALID.*no OpenTelemetry SDK was found.*pass `spanProcessors` and `sampler`/;

interface Outcome {
  /** Of the application, by kind and name. */
  readonly spans: readonly string[];
  readonly events: readonly unknown[];
  readonly routes: readonly unknown[];
  readonly errors: string;
}

describe('a bundled application', function () {
  this.timeout(240_000);

  const rows: (readonly string[])[] = [];

  // Of esbuild, which keeps a process.
  after(() => stop());
  after(() =>
    keepTable(
      'bundles/bundles.test.ts',
      ['bundle', 'packages', 'one event each', 'routes', 'your own spans', 'said without `spanProcessors`'],
      rows,
      BUNDLINGS.length,
    ),
  );

  it('gets no module of Node.js from Cerberus that OpenTelemetry would have to be there for', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['loaded.cjs'], {
      cwd: join(TESTS, 'apps/bundles'),
      env: { PATH: process.env['PATH'] },
    });
    const { instrumented, loaded } = JSON.parse(stdout) as Record<'instrumented' | 'loaded', string[]>;
    expect(instrumented).to.include.members(['http', 'https', 'net', 'dns', 'fs']);
    expect(loaded).to.include('diagnostics_channel');
    expect(loaded.filter((name) => instrumented.includes(name))).to.deep.equal([]);
  });

  for (const bundling of BUNDLINGS) {
    const { bundler, format, externals } = bundling;
    describe(`${bundler}, ${format === 'esm' ? 'ES module' : 'CommonJS'}, ${externals ? 'packages outside' : 'everything in one file'}`, () => {
      let folder: string;
      let without: Outcome;
      let found: readonly unknown[] = [];

      before(async () => {
        // Where packages are outside, they have to be found from there; the others have nothing around them.
        folder = await mkdtemp(externals ? join(TESTS, 'bundled-') : join(tmpdir(), 'cerberus-bundled-'));
        await bundle(folder, bundling);
      });
      after(() => rm(folder, { recursive: true, force: true }));

      it('makes its own spans without Cerberus', async () => {
        without = await run(folder, 'without', bundling);
        expect(without.spans.filter((span) => span.startsWith('1 GET'))).to.have.length(REQUESTS);
      });

      it('makes the same spans when Cerberus is only imported', async () => {
        const { spans, events } = await run(folder, 'imported', bundling);
        expect([spans, events]).to.deep.equal([without.spans, []]);
      });

      it('makes the same spans with Cerberus, and an event for each request', async () => {
        const { spans, events, routes, errors } = await run(folder, 'with', bundling, REQUESTS);
        found = routes;
        expect(spans).to.deep.equal(without.spans);
        expect(events, errors).to.deep.equal(['/users/0', '/users/1', '/users/2']);
      });

      if (externals) {
        it('lets Cerberus find the SDK', async () => {
          const { events, errors } = await run(folder, 'bare', bundling, REQUESTS);
          expect(events, errors).to.have.length(REQUESTS);
          rows.push(row(bundling, found, 'nothing: it finds the SDK'));
        });
      } else {
        it('is told once what to do where Cerberus cannot find the SDK, and runs', async () => {
          const { events, errors } = await run(folder, 'bare', bundling);
          expect(events).to.deep.equal([]);
          expect(errors.split('\n').filter((line) => NO_SDK.test(line))).to.have.length(1);
          rows.push(row(bundling, found, 'that it finds no SDK'));
        });
      }
    });
  }
});

/** Of a bundling whose tests have passed. */
function row({ bundler, format, externals }: Bundling, routes: readonly unknown[], said: string): string[] {
  const named = routes.filter((route) => route === '/users/:id').length;
  return [
    `${bundler}, ${format === 'esm' ? 'ES module' : 'CommonJS'}`,
    externals ? 'outside' : 'in one file',
    'yes',
    named === REQUESTS ? 'yes' : 'no',
    'unchanged',
    said,
  ];
}

async function run(folder: string, entry: string, bundling: Bundling, expected = 0): Promise<Outcome> {
  const backend = new BatchBackend();
  const server = await ScriptedServer.start(backend.script());
  const child = spawn(process.execPath, [bundleFile(folder, entry, bundling)], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      OTEL_TRACES_EXPORTER: 'none',
      ...cerberusEnvironment(server.url),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  afterTest(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => void (errors += chunk.toString()));
  const closed = once(child, 'close');
  const lines = new JsonLines(child);
  try {
    const { port } = await lines.line(0);
    for (let index = 0; index < REQUESTS; index += 1) {
      await (await fetch(`http://127.0.0.1:${String(port)}/users/${index}`)).text();
    }
    await until('all events are stored', () => backend.stored.length >= expected);
  } finally {
    // It closes its server, and with it the last span.
    child.kill('SIGTERM');
    await closed;
    await server.stop();
  }
  const spans = lines.all.flatMap(({ span }) => (typeof span === 'string' ? [span] : []));
  return {
    spans: spans.toSorted(),
    events: backend.stored.map(({ endpoint }) => endpoint).toSorted(),
    routes: backend.stored.map(({ route }) => route),
    errors,
  };
}
