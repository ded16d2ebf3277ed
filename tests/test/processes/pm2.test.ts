// Applications that PM2 runs, the real one with a daemon of its own. In cluster mode the variables of the ecosystem file are not
// in the environment yet when what is preloaded runs.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  BatchBackend,
  ScriptedServer,
} from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { keepTable } from '../support/written-table.js';

const run = promisify(execFile);
const PM2 = fileURLToPath(new URL('../../node_modules/pm2/bin/pm2', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../apps/pm2/', import.meta.url));
const WORKERS = 2;
const REQUESTS = 20;
const WAIT_MILLIS = 60_000;

const PRELOADED = {
  register: ['--import', '@cerberus-otel/instrumentation/register'],
  'a set-up in code': ['--import', '../leaving/in-code.mjs'],
} as const;

describe('PM2', function () {
  this.timeout(240_000);
  let home: string;
  const rows: (readonly string[])[] = [];

  after(() =>
    keepTable('processes/pm2.test.ts', ['mode', 'set up by', 'one event each', 'routes', 'said'], rows, 4),
  );

  const pm2 = (...args: string[]): Promise<unknown> =>
    run(process.execPath, [PM2, ...args], {
      cwd: FOLDER,
      env: { PATH: process.env['PATH'], PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' },
      timeout: WAIT_MILLIS,
    });

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'cerberus-pm2-'));
  });

  afterEach(async () => {
    // Whatever happened: the daemon goes, and what it started.
    await pm2('kill').catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  });

  for (const mode of ['cluster', 'fork'] as const) {
    for (const [name, preload] of Object.entries(PRELOADED)) {
      it(`gives ${name} the variables of its ecosystem file in ${mode} mode: every request is an event`, async () => {
        const backend = new BatchBackend();
        const server = await ScriptedServer.start(backend.script());
        const portFile = join(home, 'ports');
        const ecosystem = join(home, 'ecosystem.config.cjs');
        const app = {
          name: 'app',
          script: join(FOLDER, 'app.cjs'),
          exec_mode: mode,
          instances: mode === 'cluster' ? WORKERS : 1,
          node_args: preload,
          env: {
            PORT_FILE: portFile,
            CERBERUS_WS_URL: server.url,
            CERBERUS_TOKEN: 't',
            CERBERUS_CLIENT_ID: 'c',
            CERBERUS_SECRET_KEY: 'k'.repeat(32),
            CERBERUS_FLUSH_INTERVAL_MILLIS: '20',
            OTEL_TRACES_EXPORTER: 'none',
          },
        };
        await writeFile(ecosystem, `module.exports = ${JSON.stringify({ apps: [app] })};`);
        try {
          await pm2('start', ecosystem);
          const ports = async (): Promise<string[]> =>
            existsSync(portFile) ? (await readFile(portFile, 'utf8')).trim().split('\n') : [];
          await until('all listen', async () => (await ports()).length === app.instances, WAIT_MILLIS);
          const [port = ''] = await ports();
          const pids = new Set<string>();
          for (let index = 0; index < REQUESTS; index += 1)
            pids.add(await ask(Number(port), `/users/${index}`));
          expect(pids.size).to.equal(app.instances);
          await until('all are stored', () => backend.stored.length >= REQUESTS, WAIT_MILLIS);
          expect(backend.stored.map(({ endpoint }) => String(endpoint)).toSorted()).to.deep.equal(
            Array.from({ length: REQUESTS }, (_, index) => `/users/${index}`).toSorted(),
          );
          for (const { route } of backend.stored) expect(route).to.equal('/users/:id');
          rows.push([mode, name, 'yes', 'yes', 'nothing']);
        } finally {
          await server.stop();
        }
      });
    }
  }
});

function ask(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => void (text += chunk.toString()));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
