// The server over TLS by itself, with the real exporter in a process of its own.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { selfSigned } from '../../../packages/exporter-ws/test-dist/support/certificates.js';

const run = promisify(execFile);
const TOKEN = 'tls-token';
const SENDER = fileURLToPath(new URL('../../apps/wss-sender.mjs', import.meta.url));

describe('the server with TLS of its own', function () {
  this.timeout(40_000);
  let folder: string;
  let server: CerberusServer;
  let tlsCert: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cerberus-tls-'));
    tlsCert = join(folder, 'cert.pem');
    const tlsKey = join(folder, 'key.pem');
    const { cert, key } = await selfSigned('localhost');
    writeFileSync(tlsCert, cert);
    writeFileSync(tlsKey, key);
    const options = { port: 0, host: 'localhost', token: TOKEN, secretKey: 'k', tlsCert, tlsKey };
    server = await startServer({ ...options, db: ':memory:' });
  });

  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function send(trust: Record<string, string>): Promise<Record<string, unknown>> {
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('CERBERUS_'));
    const own = { CERBERUS_WS_URL: server.wsUrl, CERBERUS_TOKEN: TOKEN, CERBERUS_CLIENT_ID: 'tls' };
    const env = { ...Object.fromEntries(clean), ...own, ...trust };
    const { stdout } = await run(process.execPath, [SENDER, '2000'], { env, timeout: 20_000 });
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it('takes batch mode from an exporter that trusts its certificate, and stores every event', async () => {
    expect(await send({ CERBERUS_TLS_CA: tlsCert })).to.include({
      acked: 2000,
      mode: 'batch',
      reconnects: 0,
    });
    expect(server.stats().byMode.batch.stored).to.equal(2000);
  });

  it('gets nothing from one that does not', async () => {
    const stored = server.stats().byMode.batch.stored;
    await send({}).catch(() => undefined);
    expect(server.stats().byMode.batch.stored).to.equal(stored);
  });
});
