import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { WebSocketServer, type WebSocket } from 'ws';
import { checkUp, TEST_ENDPOINT } from '../../dist/esm/doctor/check-up.js';
import type { Check } from '../../dist/esm/doctor/check.js';
import { installedPackages } from '../../dist/esm/doctor/installed-packages.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { filesIn, leaveInSpool } from '../support/left-spool.js';
import { giveKey, startKeyServer } from '../support/key-server.js';

const bin = fileURLToPath(new URL('../../bin/cerberus-otel.mjs', import.meta.url));
const here = fileURLToPath(import.meta.url);
const KEY = 'k'.repeat(32);
const TOKEN = 'canary-token';

async function check(env: Record<string, string>): Promise<Map<string, Check>> {
  const checks = new Map<string, Check>();
  for await (const each of checkUp(env, [here])) checks.set(each.what, each);
  return checks;
}

/** Hands everything to `port` and back; that the server has hung up comes `millis` later than what it said. */
async function startSlowEnding(port: number, millis: number): Promise<Server> {
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.pipe(server);
    server.pipe(client, { end: false });
    server.on('end', () => setTimeout(() => client.end(), millis));
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return relay;
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

describe('check-up', () => {
  let backend: EventBackend;
  let env: Record<string, string>;

  beforeEach(async () => {
    backend = await startEventBackend();
    env = {
      CERBERUS_WS_URL: backend.wsUrl,
      CERBERUS_TOKEN: TOKEN,
      CERBERUS_CLIENT_ID: 'my-app',
      CERBERUS_SECRET_KEY: KEY,
    };
  });

  afterEach(() => backend.close());

  it('finds everything in order, with one test event that was acknowledged', async () => {
    const checks = await check(env);
    expect([...checks.values()].map(({ verdict }) => verdict)).to.deep.equal(Array(6).fill('ok'));
    expect(checks.get('routes of express')?.finding).to.equal('read from its requests');
    const withSdk = await check({ ...env, CERBERUS_CAPTURE: 'otel' });
    expect(withSdk.get('routes of express')?.finding).to.equal(
      'named by @opentelemetry/instrumentation-express',
    );
    expect(checks.get('backend')?.finding).to.equal('acknowledged a test event in event mode');
    expect(backend.events.filter((event) => event['type'] === undefined)).to.have.length(2);
    expect(backend.events.at(-1)).to.include({
      endpoint: TEST_ENDPOINT,
      client_id: 'my-app',
      source_ip: null,
    });
    expect(backend.events.at(-1)?.['custom_data']).to.deep.equal({ cerberus_test: true });
  });

  it('finds that it is switched off, and a switch that cannot be read', async () => {
    for (const variable of ['CERBERUS_DISABLED', 'OTEL_SDK_DISABLED']) {
      const found = (await check({ ...env, [variable]: 'true' })).get('switches');
      expect(found).to.include({ verdict: 'failure' });
      expect(found?.finding).to.equal(`${variable} is set: nothing will be counted`);
    }
    const unread = (await check({ ...env, CERBERUS_DISABLED: 'perhaps' })).get('switches');
    expect(unread?.finding).to.include('`disabled`');
    expect((await check({ ...env, CERBERUS_DISABLED: 'false' })).has('switches')).to.equal(false);
  });

  it('sends nothing that another process has left in a spool, and leaves nothing there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-doctor-'));
    afterTest(() => rm(folder, { recursive: true }));
    const left = await leaveInSpool(folder, 'my-app');
    const spooling = { ...env, CERBERUS_SPOOL_DIR: folder };
    expect((await check(spooling)).get('backend')?.verdict).to.equal('ok');
    expect(backend.events.map(({ endpoint }) => endpoint).filter(Boolean)).to.deep.equal([TEST_ENDPOINT]);
    await backend.close();
    expect((await check(spooling)).get('backend')?.verdict).to.equal('failure');
    expect(await filesIn(folder)).to.deep.equal(left);
    expect((await check({ ...env, CERBERUS_SPOOL_DIR: 'relative' })).get('options')?.finding).to.include(
      'spoolDir',
    );
  });

  it('finds a variable that is misspelt, which nothing else complains of, and none of those that there are', async () => {
    const found = (await check({ ...env, CERBERUS_TRUSTPROXY: '1' })).get('variables');
    expect(found).to.deep.include({
      verdict: 'warning',
      finding: 'CERBERUS_TRUSTPROXY is none that Cerberus reads; did you mean CERBERUS_TRUST_PROXY?',
    });
    const other = (await check({ ...env, CERBERUS_COLOUR: 'red' })).get('variables');
    expect(other?.finding).to.match(/^CERBERUS_COLOUR is none that Cerberus reads$/);
    const documents = fileURLToPath(new URL('../../../../docs/configuration.md', import.meta.url));
    // Without the codes of warnings, which have a table of their own.
    const text = (await readFile(documents, 'utf8')).replace(/^\| code \|[\s\S]*?\n\n/m, '');
    const documented = text.match(/(?<=`)CERBERUS_[A-Z_]+(?=`)/g) ?? [];
    expect(documented).to.include.members(['CERBERUS_DEBUG', 'CERBERUS_RECORD', 'CERBERUS_TLS_CA']);
    const all = Object.fromEntries(
      [...documented, 'CERBERUS_SERVER_PORT', 'CERBERUS_SERVICE_HOST', 'CERBERUS_PORT'].map((name) => [
        name,
        '',
      ]),
    );
    expect((await check({ ...all, ...env })).has('variables')).to.equal(false);
  });

  it('finds a word for the capture that there is not', async () => {
    const checks = await check({ ...env, CERBERUS_CAPTURE: 'heavy' });
    expect(checks.get('options')).to.include({ verdict: 'failure' });
    expect(checks.get('options')?.finding).to.include('`capture` must be one of auto, light, otel');
  });

  it('stops at options that cannot work, and names the one', async () => {
    const checks = await check({ ...env, CERBERUS_WS_URL: 'ws://198.51.100.1/ws' });
    expect(checks.get('options')).to.include({ verdict: 'failure' });
    expect(checks.get('options')?.finding).to.include('CERBERUS_ALLOW_INSECURE_TRANSPORT');
    expect([...checks.keys()]).to.not.include('backend');
    expect((await check({ ...env, CERBERUS_TRUST_PROXY: 'x' })).get('options')?.finding).to.include(
      'trustProxy',
    );
    expect((await check({ ...env, CERBERUS_RECORD: 'x' })).get('options')?.finding).to.include('record');
  });

  it('finds a key that the backend refuses, a short one, and none', async () => {
    const keyServer = await startKeyServer((response, _request, count) => {
      response.statusCode = count === 1 ? 403 : 200;
      giveKey(response, 'short');
    });
    try {
      const { CERBERUS_SECRET_KEY: _given, ...without } = env;
      const asking = { ...without, CERBERUS_BACKEND_URL: keyServer.url };
      expect((await check(asking)).get('secret key')).to.deep.include({
        verdict: 'failure',
        finding: 'the backend does not give it out: status 403: the token (CERBERUS_TOKEN) is not for this',
      });
      expect((await check(asking)).get('secret key')?.verdict).to.equal('warning');
      expect((await check(without)).get('secret key')?.finding).to.include('CERBERUS_SECRET_KEY');
      expect((await check({ ...without, CERBERUS_SOURCE_IP: 'omit' })).get('secret key')?.verdict).to.equal(
        'ok',
      );
    } finally {
      await keyServer.close();
    }
  });

  it('finds a backend that refuses the event, one that refuses the token, and one that is not there', async () => {
    const answers: ((socket: WebSocket) => void)[] = [
      (socket) => socket.on('message', () => socket.send('{"status":"error"}')),
      (socket) => socket.close(4401),
    ];
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
    server.on('connection', (socket) => answers.at(0)?.(socket));
    await once(server, 'listening');
    const local = {
      ...env,
      CERBERUS_PROTOCOL: 'event',
      CERBERUS_WS_URL: `ws://127.0.0.1:${portOf(server)}`,
    };
    const relay = await startSlowEnding(portOf(server), 200);
    try {
      expect((await check(local)).get('backend')?.finding).to.equal('refused a test event');
      answers.shift();
      expect((await check(local)).get('backend')?.finding).to.include('code 4401');
      const behind = { ...local, CERBERUS_WS_URL: `ws://127.0.0.1:${portOf(relay)}` };
      expect((await check(behind)).get('backend')?.finding).to.include('code 4401');
    } finally {
      relay.close();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
    expect((await check(local)).get('backend')?.finding).to.include('ECONNREFUSED');
  });

  it('prints a line each as `cerberus-otel doctor`, shows no credential, and its exit code says it all', async () => {
    const run = async (changed: Record<string, string>): Promise<[code: number | null, output: string]> => {
      const child = spawn(process.execPath, [bin, 'doctor'], {
        env: { PATH: process.env['PATH'] ?? '', ...env, ...changed },
        cwd: dirname(here),
        timeout: 15_000,
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => void (output += String(chunk)));
      const code = await new Promise<number | null>((resolve) => void child.on('close', resolve));
      expect(output).to.not.include(TOKEN).and.not.include(KEY);
      return [code, output];
    };
    const [code, output] = await run({});
    expect([code, output.match(/^ok /gm)?.length]).to.deep.equal([0, 6]);
    const [failed, report] = await run({ CERBERUS_SECRET_KEY: '' });
    expect(failed).to.equal(1);
    expect(report).to.match(/^FAIL {2}secret key: neither/m);
  });
});

/** The folder of a package of OpenTelemetry that this package resolves. */
function packageFolder(name: string): string {
  const main = createRequire(import.meta.url).resolve(name);
  return main.slice(0, main.indexOf('/build/'));
}

describe('the check of installed packages', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cerberus-installed-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('finds nothing missing without an SDK where none is needed', () => {
    const found = installedPackages([join(folder, 'app.js')], false);
    expect(found.map(({ verdict }) => verdict)).to.deep.equal(['ok']);
  });

  it('names what is missing, with the command that installs it', () => {
    const [first, ...others] = installedPackages([join(folder, 'app.js')]);
    expect(others).to.deep.equal([]);
    expect(first?.verdict).to.equal('failure');
    expect(first?.finding).to.match(
      /Run: npm install @opentelemetry\/sdk-node@0\.223 @opentelemetry\/instrumentation-http@0\.223$/,
    );
  });

  it('finds an SDK whose copy of the API is older than the one that this package uses', async () => {
    const modules = join(folder, 'node_modules/@opentelemetry');
    await mkdir(modules, { recursive: true });
    const sdkNode = packageFolder('@opentelemetry/sdk-node');
    const http = packageFolder('@opentelemetry/instrumentation-http');
    // A copy, so that it resolves the API beside it.
    await cp(sdkNode, join(modules, 'sdk-node'), { recursive: true });
    await symlink(http, join(modules, 'instrumentation-http'));
    await symlink(packageFolder('opentelemetry-api-1-8'), join(modules, 'api'));
    await writeFile(join(folder, 'package.json'), '{}');
    const found = installedPackages([join(folder, 'package.json')]).at(-1);
    const manifest = await readFile(join(packageFolder('@opentelemetry/api'), 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    expect(found).to.include({ what: 'OpenTelemetry API', verdict: 'failure' });
    expect(found?.finding).to.include(`the SDK uses 1.8.0 and this package ${version}`);
  });
});
