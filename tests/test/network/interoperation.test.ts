// WebSocket servers that are not ours: what existing Cerberus backends are built on.
import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CerberusWsExporter, type FinishedSpan } from '@cerberus-otel/exporter-ws';
import { WebSocketServer } from 'ws';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { JsonLines } from '../support/lines.js';

/** Debian's own Python has Debian's python3-websockets; another one on the PATH may not. */
const PYTHON = '/usr/bin/python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import websockets'], { stdio: 'ignore' }).status === 0;
if (!hasPython && process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') {
  throw new Error("python3-websockets is missing: install Debian's package, no test may be skipped here");
}

function span(index: number): FinishedSpan {
  return {
    kind: 1,
    attributes: { 'http.request.method': 'GET', 'url.path': `/${index}`, 'cerberus.outcome': 'completed' },
    startTime: [1_700_000_000, 0],
    duration: [0, 1_000_000],
    status: { code: 0 },
    spanContext: () => ({ traceId: 'e'.repeat(32), spanId: String(index).padStart(16, '0'), traceFlags: 1 }),
  };
}

const spans = (count: number): FinishedSpan[] => Array.from({ length: count }, (_, index) => span(index));
const options = { token: 'interop-token', clientId: 'interop', flushIntervalMillis: 10 };

describe('interoperation', () => {
  it('delivers to a stock ws server, which echoes the offered subprotocol and answers hello like an event', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    afterTest(() => server.close());
    await once(server, 'listening');
    const events: Record<string, unknown>[] = [];
    const protocols: string[] = [];
    server.on('connection', (socket) => {
      protocols.push(socket.protocol);
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Record<string, unknown>;
        if (message['endpoint'] !== undefined) events.push(message);
        socket.send('{"status":"ok"}');
      });
    });
    const { port } = server.address() as AddressInfo;
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2,deployment.environment.name=test,service.instance.id=i',
    };
    const exporter = new CerberusWsExporter({ ...options, wsUrl: `ws://127.0.0.1:${port}/` }, { env });
    afterTest(() => exporter.shutdown());
    exporter.export(spans(1_500), () => undefined);
    await exporter.forceFlush();
    expect(protocols).to.deep.equal(['cerberus.batch.v1', '']);
    expect(events.map(({ endpoint }) => endpoint)).to.deep.equal(spans(1_500).map((_, index) => `/${index}`));
    expect(exporter.stats()).to.include({ acked: 1_500, mode: 'event' });
    expect(Object.entries(events[0] ?? {}).slice(-3)).to.deep.equal([
      ['service_version', '1.2'],
      ['deployment_environment', 'test'],
      ['service_instance_id', 'i'],
    ]);
  });

  (hasPython ? it : it.skip)(
    "delivers to Debian's python3-websockets and leaves no error in its log",
    async () => {
      const script = fileURLToPath(new URL('../../apps/python_backend.py', import.meta.url));
      const child = spawn(PYTHON, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
      let log = '';
      child.stderr.on('data', (chunk: Buffer) => void (log += chunk.toString()));
      try {
        const lines = new JsonLines(child);
        const { port } = await lines.line(0);
        const exporter = new CerberusWsExporter({
          ...options,
          wsUrl: `ws://127.0.0.1:${String(port)}/ws/events`,
        });
        afterTest(() => exporter.shutdown());
        exporter.export(spans(600), () => undefined);
        await exporter.forceFlush();
        await lines.line(600);
        expect(exporter.stats()).to.include({ acked: 600, mode: 'event', reconnects: 0 });
        expect(lines.all.slice(1).map(({ endpoint }) => endpoint)).to.deep.equal(
          spans(600).map((_, index) => `/${index}`),
        );
        expect(Object.keys(lines.all[1] ?? {}).slice(0, 8)).to.deep.equal([
          'api_key',
          'client_id',
          'token',
          'source_ip',
          'endpoint',
          'scheme',
          'method',
          'custom_data',
        ]);
        await exporter.shutdown();
        child.stdin.end('stop\n');
        await once(child, 'close');
        expect(log).to.equal('');
      } finally {
        child.kill();
      }
    },
  );

  (hasPython ? it : it.skip)(
    'gets everything but one event to a Python backend whose handler raises at that one',
    async () => {
      const script = fileURLToPath(new URL('../../apps/python_backend.py', import.meta.url));
      const child = spawn(PYTHON, [script, '/150'], { stdio: ['pipe', 'pipe', 'ignore'] });
      try {
        const lines = new JsonLines(child);
        const { port } = await lines.line(0);
        const exporter = new CerberusWsExporter({
          ...options,
          wsUrl: `ws://127.0.0.1:${String(port)}/ws/events`,
          protocol: 'event',
          initialBackoffMillis: 20,
          forceFlushTimeoutMillis: 15_000,
        });
        let sent = 300;
        exporter.export(spans(sent), () => undefined);
        while (exporter.stats().dropped.poison === 0) {
          exporter.export([span(sent)], () => undefined);
          sent += 1;
          await new Promise((resolve) => void setTimeout(resolve, 10));
        }
        await exporter.forceFlush();
        expect(exporter.stats()).to.include({ acked: sent - 1, queued: 0, inFlight: 0 });
        // What the backend has acknowledged may still be on its way through its standard output.
        let last = lines.all.length;
        const stored = (): Set<unknown> => new Set(lines.all.slice(1).map(({ endpoint }) => endpoint));
        while (stored().size < sent - 1) await lines.line(last++);
        expect(stored().size).to.equal(sent - 1);
        expect(stored().has('/150')).to.equal(false);
        await exporter.shutdown();
        child.stdin.end('stop\n');
        await once(child, 'close');
      } finally {
        child.kill();
      }
    },
  ).timeout(30_000);
});
