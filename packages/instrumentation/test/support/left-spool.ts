// A spool as a process leaves it whose backend was away until its end.
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';

const SPAN = {
  kind: 1,
  attributes: { 'http.request.method': 'GET', 'url.path': '/left', 'http.response.status_code': 200 },
  startTime: [1_700_000_000, 0],
  duration: [0, 1_000_000],
  status: { code: 0 },
  spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 }),
} as const;

/** @returns the files that were left in `folder` */
export async function leaveInSpool(folder: string, clientId: string): Promise<string[]> {
  // Listens, so that nobody else gets its port, and takes nothing.
  const silent = createServer((socket) => void socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const wsUrl = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const exporter = new CerberusWsExporter({
    wsUrl,
    token: 't',
    clientId,
    spoolDir: folder,
    shutdownTimeoutMillis: 50,
  });
  exporter.export([SPAN as never], () => undefined);
  await exporter.shutdown();
  await new Promise((resolve) => silent.close(resolve));
  const left = await filesIn(folder);
  expect(left.filter((name) => name.endsWith('.seg'))).to.have.length(1);
  return left;
}

/** All of them, in order. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).toSorted();
}
