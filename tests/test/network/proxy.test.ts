// An application whose only way out is an HTTP proxy: `register`, the real server behind TLS, and a proxy that alone knows where
// that is. The stream and the key go through it, with nothing set but the variables that everybody sets.
import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { once } from 'node:events';
import { startServer } from '@cerberus-otel/server';
import { selfSigned } from '../../../packages/exporter-ws/test-dist/support/certificates.js';
import { BEHIND_PROXY, ConnectProxy } from '../../../packages/exporter-ws/test-dist/support/connect-proxy.js';
import { startTlsTerminator } from '../../../packages/exporter-ws/test-dist/support/tls-terminator.js';
import { fileURLToPath } from 'node:url';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { readEvents, type StoredEvent } from '../support/reads.js';
import { until } from '@cerberus-otel/test-support/deadline';

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url));
const DOCTOR = fileURLToPath(
  new URL('../../../packages/instrumentation/bin/cerberus-otel.mjs', import.meta.url),
);
const TOKEN = 'canary-token';
const SECRET_KEY = 'canary-secret-key-of-32-bytes-and-more';
const PSEUDONYM = createHmac('sha256', SECRET_KEY).update('127.0.0.1').digest('hex');

interface Backend {
  readonly port: number;
  /** A file. */
  readonly ca: string;
  events(): Promise<readonly StoredEvent[]>;
}

interface Application {
  ask(): Promise<void>;
  said(): string;
  /** Resolves when it has gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

async function startBackend(): Promise<Backend> {
  const folder = await mkdtemp(join(tmpdir(), 'cerberus-proxy-'));
  afterTest(() => rm(folder, { recursive: true }));
  const server = await startServer({ port: 0, db: ':memory:', token: TOKEN, secretKey: SECRET_KEY });
  afterTest(() => server.close());
  const certificate = await selfSigned(BEHIND_PROXY);
  const tls = await startTlsTerminator(certificate, () => Number(new URL(server.url).port));
  afterTest(() => tls.stop());
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, certificate.cert);
  return { port: tls.port, ca, events: () => readEvents(server.url, TOKEN) };
}

function environmentOf(port: number, ca: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    CERBERUS_WS_URL: `wss://${BEHIND_PROXY}:${port}/ws/events`,
    CERBERUS_BACKEND_URL: `https://${BEHIND_PROXY}:${port}`,
    CERBERUS_TLS_CA: ca,
    CERBERUS_TOKEN: TOKEN,
    CERBERUS_CLIENT_ID: 'c',
    CERBERUS_FLUSH_INTERVAL_MILLIS: '10',
    CERBERUS_PROTOCOL: 'batch',
  };
}

async function startApplication(
  { port, ca }: Backend,
  env: Readonly<Record<string, string>>,
  file = 'runtimes/app.mjs',
): Promise<Application> {
  const child = spawn(process.execPath, ['--import', '@cerberus-otel/instrumentation/register', file], {
    cwd: APPS,
    env: {
      ...environmentOf(port, ca),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  afterTest(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const portOf = (): string | undefined => /(?:listening on |"port":)(\d+)/.exec(said)?.[1];
  await until('it listens', () => portOf() !== undefined, 40_000);
  const ownPort = portOf();
  return {
    ask: async () => void (await (await fetch(`http://127.0.0.1:${String(ownPort)}/users/1`)).text()),
    said: () => said,
    end: async (signal) => {
      child.kill(signal);
      await closed;
    },
  };
}

describe('an application behind a proxy', function () {
  this.timeout(90_000);

  const WAYS: Readonly<Record<string, (proxy: ConnectProxy) => Record<string, string>>> = {
    'with HTTPS_PROXY': (proxy) => ({ HTTPS_PROXY: proxy.urlFor('canary-password') }),
    'with HTTPS_PROXY and NODE_USE_ENV_PROXY, which newer versions of Node.js look at themselves': (
      proxy,
    ) => ({
      HTTPS_PROXY: proxy.urlFor('canary-password'),
      NODE_USE_ENV_PROXY: '1',
    }),
    'with CERBERUS_PROXY, whatever HTTPS_PROXY and NO_PROXY say': (proxy) => ({
      CERBERUS_PROXY: proxy.urlFor('canary-password'),
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '*',
    }),
  };
  for (const [way, env] of Object.entries(WAYS)) {
    it(`sends its events and gets its key through it, ${way}`, async () => {
      const backend = await startBackend();
      const proxy = await ConnectProxy.start({ password: 'canary-password' });
      const app = await startApplication(backend, env(proxy));
      await app.ask();
      await until('the event is stored', async () => (await backend.events()).length === 1);
      const [event] = await backend.events();
      expect(event).to.include({ endpoint: '/users/1', route: '/users/:id', source_ip: PSEUDONYM });
      // One tunnel for the stream, one for the key, and none through another.
      expect(proxy.asked).to.deep.equal([
        `${BEHIND_PROXY}:${backend.port}`,
        `${BEHIND_PROXY}:${backend.port}`,
      ]);
      expect(app.said()).to.not.include('CERBERUS');
    });
  }

  it('sends what it holds when it exits, too', async () => {
    const backend = await startBackend();
    const proxy = await ConnectProxy.start();
    const env = { HTTPS_PROXY: proxy.url, HANDLER: 'plain', CERBERUS_FLUSH_INTERVAL_MILLIS: '250' };
    const app = await startApplication(backend, env, 'leaving/app.mjs');
    await app.ask();
    await until('it delivers', async () => (await backend.events()).length === 1);
    for (let index = 0; index < 5; index += 1) await app.ask();
    await app.end('SIGTERM');
    await until('all are stored', async () => (await backend.events()).length === 6);
  });

  it('goes past the proxy to a host that NO_PROXY names', async () => {
    const backend = await startBackend();
    const proxy = await ConnectProxy.start();
    const app = await startApplication(backend, { HTTPS_PROXY: proxy.url, NO_PROXY: 'other.test, .test' });
    await app.ask();
    // Only the proxy knows the name.
    await until('the key is missed', () => /CERBERUS_NO_KEY.*ENOTFOUND|EAI_AGAIN/.test(app.said()));
    expect(proxy.asked).to.deep.equal([]);
  });

  it('says that the proxy refuses, and neither its password nor where it is', async () => {
    const backend = await startBackend();
    const proxy = await ConnectProxy.start({ password: 'canary-password' });
    const app = await startApplication(backend, { HTTPS_PROXY: proxy.urlFor('canary-wrong') });
    await app.ask();
    await until('it is said', () => app.said().includes('status 407 of the proxy'));
    expect(app.said()).to.not.match(/canary-|Basic/);
  });

  it('is told by the doctor which proxy is used, without its password', async () => {
    const { port, ca } = await startBackend();
    const proxy = await ConnectProxy.start({ password: 'canary-password' });
    const env = { ...environmentOf(port, ca), HTTPS_PROXY: proxy.urlFor('canary-password') };
    // Not everything else is as it should be there, and it ends with 1.
    const { stdout } = await promisify(execFile)(process.execPath, [DOCTOR, 'doctor'], {
      cwd: APPS,
      env,
    }).catch((error: unknown) => error as { stdout: string });
    expect(stdout).to.include(`acknowledged a test event in batch mode, through the proxy ${proxy.url}`);
    expect(stdout).to.not.include('canary-');
  });

  it('connects directly and says why where the variable names what is no HTTP proxy', async () => {
    const backend = await startBackend();
    const app = await startApplication(backend, { HTTPS_PROXY: 'socks5://canary-user@127.0.0.1:9' });
    await app.ask();
    await until('it is said', () => app.said().includes('without a proxy, because HTTPS_PROXY'));
    expect(app.said()).to.not.include('canary-');
  });
});
