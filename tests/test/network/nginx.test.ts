// docs/server.md's configuration for nginx, in the real nginx, with TLS and the real exporter.
import { expect } from 'chai';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { until } from '@cerberus-otel/test-support/deadline';

const run = promisify(execFile);
const NGINX = '/usr/sbin/nginx';
const hasNginx = spawnSync(NGINX, ['-v']).status === 0 && spawnSync('openssl', ['version']).status === 0;
if (!hasNginx && process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') {
  throw new Error("nginx or openssl is missing: install Debian's packages, no test may be skipped here");
}

const TOKEN = 'nginx-token';
const DOCUMENT = readFileSync(fileURLToPath(new URL('../../../docs/server.md', import.meta.url)), 'utf8');

(hasNginx ? describe : describe.skip)('the server behind nginx', () => {
  let folder: string;
  let server: CerberusServer;
  /** On the same port, of another address. */
  let other: CerberusServer;
  let plainPort: number;
  let nginx: ChildProcess | undefined;
  let port: number;
  let log = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cerberus-nginx-'));
    server = await startServer({ port: 0, db: join(folder, 'x.duckdb'), token: TOKEN, secretKey: 'k' });
    other = await startServer({ port: server.port, host: '127.0.0.2', db: ':memory:', token: TOKEN });
    port = await freePort();
    plainPort = await freePort();
    await certificate(folder);
    const block = /^```nginx\n([\s\S]*?)^```$/m.exec(DOCUMENT)?.[1] ?? '';
    const configured = block
      .replace('127.0.0.1:8765', `127.0.0.1:${server.port}`)
      .replaceAll(/listen .*443 ssl;/g, (line) =>
        line.includes('[::]') ? '' : `listen 127.0.0.1:${port} ssl;`,
      )
      .replace(/ssl_certificate .*;/, `ssl_certificate ${folder}/cert.pem;`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${folder}/key.pem;`)
      .replace(/server_name .*;/, 'server_name localhost;');
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${folder}/pid; error_log stderr info;
       events {}
       http { access_log ${folder}/access.log; client_body_temp_path ${folder}; proxy_temp_path ${folder};
         fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
         ${configured}
         server { listen 127.0.0.1:${plainPort};
           location /one/ { proxy_pass http://127.0.0.1:${server.port}/; }
           location /two/ { proxy_pass http://127.0.0.2:${server.port}/; } } }`,
    );
    nginx = spawn(NGINX, ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')]);
    nginx.stderr?.on('data', (chunk: Buffer) => void (log += chunk.toString()));
    await listening(port, () => log);
  });

  after(async () => {
    if (nginx !== undefined) {
      const ended = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await ended;
    }
    await server.close();
    await other.close();
    rmSync(folder, { recursive: true });
  });

  const trusting = (): NodeJS.ProcessEnv => ({
    ...process.env,
    NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem'),
    CERBERUS_WS_URL: `wss://localhost:${port}/ws/events`,
    CERBERUS_TOKEN: TOKEN,
    CERBERUS_CLIENT_ID: 'nginx',
  });

  async function get(path: string): Promise<Record<string, unknown>> {
    const { stdout } = await run('curl', [
      '-sS',
      '--max-time',
      '10',
      '--cacert',
      join(folder, 'cert.pem'),
      '-H',
      `Authorization: Bearer ${TOKEN}`,
      `https://localhost:${port}${path}`,
    ]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it('takes batch mode from the exporter over TLS, and every event is stored', async () => {
    const app = fileURLToPath(new URL('../../apps/wss-sender.mjs', import.meta.url));
    const { stdout } = await run(process.execPath, [app, '2000'], { env: trusting(), timeout: 15_000 });
    expect(JSON.parse(stdout)).to.include({ acked: 2000, mode: 'batch', reconnects: 0 });
    expect(await get('/api/overview')).to.have.nested.property('totals.requests', 2000);
  });

  it('passes the read API and ingest, and writes no token into its log', async () => {
    const body = {
      events: [{ client_id: 'gateway', endpoint: '/x', method: 'GET', custom_data: { pad: 'x' } }],
    };
    const padding = Array.from({ length: 900 }, () => ({ ...body.events[0], user_agent: 'x'.repeat(1000) }));
    writeFileSync(join(folder, 'body.json'), JSON.stringify({ events: padding }));
    const { stdout } = await run('curl', [
      '-sS',
      '--max-time',
      '10',
      '--cacert',
      join(folder, 'cert.pem'),
      '-H',
      `X-API-Key: ${TOKEN}`,
      '--data-binary',
      `@${join(folder, 'body.json')}`,
      `https://localhost:${port}/v1/ingest/batch`,
    ]);
    expect(JSON.parse(stdout)).to.deep.equal({ accepted: 900, skipped: 0 });
    expect(await get('/api/summary?client_id=gateway')).to.include({ requests: 900 });
    expect(`${log}${readFileSync(join(folder, 'access.log'), 'utf8')}`).not.to.include(TOKEN);
  });

  it('keeps whoever signs in to two servers below two paths of one name signed in to both', async () => {
    const jar = join(folder, 'cookies');
    const ask = async (path: string, ...more: readonly string[]): Promise<unknown> => {
      const url = `http://127.0.0.1:${plainPort}${path}`;
      const { stdout } = await run('curl', ['-sS', '--max-time', '10', '-b', jar, '-c', jar, ...more, url]);
      return JSON.parse(stdout);
    };
    const signIn = ['-H', 'content-type: application/json', '-d', JSON.stringify({ token: TOKEN })];
    for (const path of ['/one/', '/two/'])
      expect(await ask(`${path}api/session`, ...signIn)).to.deep.equal({ signed_in: true });
    for (const path of ['/one/', '/two/'])
      expect(await ask(`${path}api/summary`)).to.include.keys('requests');
    await ask('/two/api/session', '-X', 'DELETE');
    expect(await ask('/one/api/summary')).to.include.keys('requests');
    expect(await ask('/two/api/summary')).to.deep.equal({ error: 'missing or wrong token' });
  });

  it('that passes on no upgrade, as by default, makes the exporter say so', async () => {
    const app = fileURLToPath(new URL('../../apps/wss-sender.mjs', import.meta.url));
    const env = { ...trusting(), CERBERUS_WS_URL: `ws://127.0.0.1:${plainPort}/one/ws/events` };
    const child = spawn(process.execPath, [app, '1'], { env });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    const gone = once(child, 'exit');
    await until('it is said', () => said.includes('a proxy on the way has to pass on Upgrade'), 30_000);
    child.kill('SIGKILL');
    await gone;
  });
});

async function certificate(folder: string): Promise<void> {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files]);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', () => resolve()));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => void probe.close(() => resolve()));
  return port;
}

async function listening(port: number, log: () => string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const answered = await run('curl', ['-sk', `https://127.0.0.1:${port}/healthz`]).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nginx does not answer: ${log()}`);
}
