// Zero code means routes, too: every framework of docs/frameworks.md with `register` alone, and nothing but the package that is
// named there for it.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { stop as stopEsbuild } from 'esbuild';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExampleProcess } from '../matrix/examples/example-process.js';
import { placePackages, REPOSITORY, stage, type Modules } from '../matrix/examples/stage.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { readEvents, type StoredEvent } from '../support/reads.js';
import { until } from '@cerberus-otel/test-support/deadline';

const REGISTER = '@cerberus-otel/instrumentation/register';
const TOKEN = 'canary-token';
type Setting = readonly [line: string, modules: Modules];
/** Both lines of OpenTelemetry and both module systems. */
const PAIRS: readonly Setting[] = [
  ['sdk-2', 'esm'],
  ['sdk-3', 'cjs'],
];
/** Those whose routes are read from their requests, without an SDK too. */
const READ = new Set(['express', 'fastify', 'fastify-named', 'nest-express', 'nest-fastify', 'restify']);
/** Those whose routes are read where the framework is patched. */
const PATCHED = new Map([
  ['koa', 'koa'],
  ['hapi', 'hapi'],
]);
/** For what `register` does itself. */
const OTHER_PAIRS: readonly Setting[] = [
  ['sdk-2', 'cjs'],
  ['sdk-3', 'esm'],
];
/** Applications of `apps/routes`, and the route of `/users/7` in each. */
const ROUTES: readonly (readonly [app: string, route: string, others?: readonly Setting[]])[] = [
  ['express', '/users/:id'],
  ['fastify', '/users/:id', OTHER_PAIRS],
  ['fastify-named', '/users/:id'],
  ['koa', '/users/:id'],
  ['hapi', '/users/{id}'],
  ['nest-express', '/users/:id'],
  ['nest-fastify', '/users/:id'],
  ['hono', '/users/:id', OTHER_PAIRS],
  ['hono-tiny', '/users/:id'],
  ['connect', '/users', OTHER_PAIRS],
  ['restify', '/users/:id'],
];
/** restify 11 does not start on a Node.js without `process.binding('http_parser')`. */
const NEWEST_NODE_OF_RESTIFY = 22;
const NODE = Number(process.versions.node.split('.')[0]);

describe('routes without a line of code', function () {
  this.timeout(90_000);
  let temporary: string;
  let server: CerberusServer;

  before(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'cerberus-routes-'));
    const secretKey = 'canary-secret-key-of-32-bytes-and-more';
    server = await startServer({ port: 0, db: join(temporary, 'routes.duckdb'), token: TOKEN, secretKey });
    for (const line of ['sdk-2', 'sdk-3']) {
      // Not below `tests`, whose own packages would be found as well.
      await mkdir(runFolder(line), { recursive: true });
      const installed = join(REPOSITORY, 'tests', line, 'node_modules');
      await symlink(installed, join(temporary, line, 'node_modules'));
      await placePackages(runFolder(line));
      for (const modules of ['esm', 'cjs'] as const)
        await stage('../tests/apps/routes', folderOf(line, modules), modules, process.execPath);
    }
  });

  after(async () => {
    await stopEsbuild();
    await server.close();
    await rm(temporary, { recursive: true });
  });

  function runFolder(line: string): string {
    return join(temporary, line, 'run');
  }

  function folderOf(line: string, modules: Modules): string {
    return join(runFolder(line), modules);
  }

  /** What was stored of a request that has a route, and of one that has none. */
  async function eventsOf(
    app: string,
    [line, modules]: Setting,
    capture: 'light' | 'otel',
  ): Promise<StoredEvent[]> {
    const clientId = `${app}-${line}-${modules}-${capture}`;
    const [flag, file] = modules === 'cjs' ? ['--require', `${app}.cjs`] : ['--import', `${app}.mjs`];
    const folder = folderOf(line, modules);
    const launch = { node: process.execPath, args: [flag, REGISTER, file], folder };
    const example = await ExampleProcess.start(launch, {
      CERBERUS_WS_URL: server.wsUrl,
      CERBERUS_BACKEND_URL: server.url,
      CERBERUS_TOKEN: TOKEN,
      CERBERUS_CLIENT_ID: clientId,
      CERBERUS_CAPTURE: capture,
      ...(capture === 'light' && { CERBERUS_PATCH_ROUTES: PATCHED.get(app) ?? '' }),
    });
    afterTest(() => example.kill());
    for (const path of ['/users/7', '/nope'])
      await (await fetch(`http://127.0.0.1:${example.port}${path}`)).text();
    let events: StoredEvent[] = [];
    await until('both events are stored', async () => {
      events = await readEvents(server.url, TOKEN, clientId);
      return events.length >= 2;
    });
    return events;
  }

  for (const [app, route, others = []] of ROUTES) {
    it(`${app}: has the route, and a request that matches none has none`, async function () {
      if (app === 'restify' && NODE > NEWEST_NODE_OF_RESTIFY) this.skip();
      const settings = [...PAIRS, ...others];
      const found = await Promise.all([
        ...settings.map(async (setting) => eventsOf(app, setting, 'otel')),
        ...(READ.has(app) || PATCHED.has(app)
          ? PAIRS.map(async (setting) => eventsOf(app, setting, 'light'))
          : []),
      ]);
      const expected = [
        ['/users/7', 200, route],
        ['/nope', 404, undefined],
      ];
      const seen = found.map((events) =>
        events.map(({ endpoint, status_code, route: named }) => [endpoint, status_code, named]),
      );
      expect(seen).to.deep.equal(found.map(() => expected));
    });
  }
});
