// A server that is killed under load and started again: in batch mode every accepted event is stored exactly once.
import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CerberusWsExporter, type FinishedSpan } from '@cerberus-otel/exporter-ws';
import { FaultProxy } from '../../../packages/exporter-ws/test-dist/support/fault-proxy.js';
import { readEvents } from '../support/reads.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '@cerberus-otel/test-support/deadline';

const TOKEN = 'restart-token';
const KILLS = 5;

function span(index: number): FinishedSpan {
  return {
    kind: 1,
    attributes: { 'http.request.method': 'GET', 'url.path': `/${index}`, 'cerberus.outcome': 'completed' },
    startTime: [Math.floor(Date.now() / 1e3), 0],
    duration: [0, 1_000_000],
    status: { code: 0 },
    spanContext: () => ({ traceId: 'd'.repeat(32), spanId: String(index).padStart(16, '0'), traceFlags: 1 }),
  };
}

describe('server killed and restarted under load', function () {
  this.timeout(60_000);

  it('stores every accepted event exactly once in batch mode', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-kill-'));
    const server = await ServerProcess.start(join(folder, 'kill.duckdb'), TOKEN);
    const proxy = await FaultProxy.start(() => server.port);
    const exporter = new CerberusWsExporter({
      wsUrl: `ws://127.0.0.1:${proxy.port}/ws/events`,
      token: TOKEN,
      clientId: 'kill',
      maxBatchEvents: 50,
      flushIntervalMillis: 5,
      maxQueueEvents: 100_000,
      ackTimeoutMillis: 1_000,
      connectTimeoutMillis: 1_000,
      initialBackoffMillis: 20,
      maxBackoffMillis: 100,
      forceFlushTimeoutMillis: 20_000,
    });
    let sent = 0;
    const burst = (): void =>
      exporter.export(
        Array.from({ length: 40 }, () => span((sent += 1))),
        () => undefined,
      );
    try {
      burst();
      await until('it has connected', () => exporter.stats().state === 'ready');
      for (let kill = 0; kill < KILLS; kill += 1) {
        const pause = performance.now() + 100 + Math.random() * 400;
        while (performance.now() < pause) {
          burst();
          await sleep(2);
        }
        const { reconnects } = exporter.stats();
        await server.kill();
        burst();
        await server.restart();
        // The network is cut and healed between the kills.
        await until('it has connected anew', () => {
          const now = exporter.stats();
          return now.reconnects > reconnects && now.state === 'ready';
        });
        proxy.set('blackhole');
        burst();
        await sleep(50);
        proxy.set('pass');
      }
      await exporter.forceFlush();
      const events = await readEvents(server.url, TOKEN);
      const ids = events.map((event) => `${String(event['trace_id'])}/${String(event['span_id'])}`);
      expect(exporter.stats()).to.include({ accepted: sent, acked: sent, rejected: 0 });
      expect(exporter.stats().reconnects).to.be.at.least(KILLS);
      expect(events.length, 'stored').to.equal(sent);
      expect(new Set(ids).size, 'distinct by trace and span').to.equal(sent);
    } finally {
      await exporter.shutdown();
      await proxy.stop();
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
