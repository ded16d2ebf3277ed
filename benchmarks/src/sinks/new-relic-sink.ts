import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WireBytes, type Sink } from './counts.ts';

/** What the service answers to each method; to all others `null`. */
const ANSWERS: Readonly<Record<string, object>> = {
  preconnect: { redirect_host: '127.0.0.1' },
  connect: { agent_run_id: 'benchmark', collect_traces: true, data_report_period: 60 },
};

/**
 * New Relic's service, as far as its agent needs one before it traces anything: over TLS, with a certificate of its own.
 *
 * @throws Error without the `openssl` command
 */
export async function startNewRelicSink(): Promise<Sink> {
  const server = createServer(await certificate(), (request, response) => {
    const method = new URL(request.url ?? '', 'https://localhost').searchParams.get('method') ?? '';
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ return_value: ANSWERS[method] ?? null }));
    });
  });
  const wire = new WireBytes(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, counts: () => ({ events: 0, bytes: wire.total }) };
}

async function certificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'cerberus-benchmark-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')] as const;
    const named = ['-subj', '/CN=localhost', '-keyout', key, '-out', cert];
    await promisify(execFile)('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      ...named,
    ]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
