// Faults of the link under an established connection: everything accepted arrives, in batch mode once.
import { expect } from 'chai';
import type { CerberusWsExporter, CerberusWsExporterOptions } from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const ignore = (): void => undefined;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/${index}`);

for (const mode of ['batch', 'event'] as const) {
  describe(`faults of the link, ${mode} mode`, () => {
    let backend: BatchBackend;
    let server: ScriptedServer;
    let proxy: FaultProxy;
    let exporter: CerberusWsExporter;

    async function start(options: CerberusWsExporterOptions = {}): Promise<void> {
      exporter = quickExporter(`ws://127.0.0.1:${proxy.port}/`, {
        protocol: mode,
        maxBatchEvents: 20,
        ...options,
      });
      exporter.export(numberedSpans(10), ignore);
      await exporter.forceFlush();
    }
    /** Paths that the backend has, in the order of their first arrival. */
    const arrived = (): unknown[] => {
      const events = mode === 'batch' ? backend.stored : server.events;
      const paths = events.map((event) => event['endpoint']);
      if (mode === 'batch') expect(paths.length, 'duplicates').to.equal(new Set(paths).size);
      return [...new Set(paths)];
    };

    beforeEach(async () => {
      backend = new BatchBackend();
      server = await ScriptedServer.start(mode === 'batch' ? backend.script() : {});
      proxy = await FaultProxy.start(() => server.port);
    });
    afterEach(async () => {
      expect(imbalance(exporter.stats())).to.equal(0);
      await closeExporters();
      await until('no socket left behind', () => proxy.open === 0);
      await proxy.stop();
      await server.stop();
    });

    it('F10 half-open link under load: noticed by the missing acknowledgement, everything sent again', async () => {
      await start();
      proxy.set('blackhole');
      exporter.export(numberedSpans(100, 10), ignore);
      await until('the link to be given up', () => exporter.stats().state !== 'ready');
      proxy.set('pass');
      await exporter.forceFlush();
      expect(arrived()).to.deep.equal(numbered(110));
    });

    it('F11 half-open link without traffic: noticed by the missing pong', async () => {
      await start({ pingIntervalMillis: 100, pingTimeoutMillis: 100, ackTimeoutMillis: 60_000 });
      proxy.set('blackhole');
      await until('the link to be given up', () => exporter.stats().state !== 'ready', 3_000);
      proxy.set('pass');
      exporter.export(numberedSpans(5, 10), ignore);
      await exporter.forceFlush();
      expect(arrived()).to.deep.equal(numbered(15));
    });

    it('F11 healthy link without traffic: stays', async () => {
      await start({ pingIntervalMillis: 30, pingTimeoutMillis: 1_000 });
      await new Promise((resolve) => void setTimeout(resolve, 400));
      expect([exporter.stats().state, proxy.connections]).to.deep.equal(['ready', 1]);
    });

    for (const fault of ['reset', 'end'] as const) {
      it(`F12 link ${fault} in the middle of frames, again and again: nothing lost, order kept`, async () => {
        await start({ maxQueueEvents: 100_000, initialBackoffMillis: 5, maxBackoffMillis: 20 });
        for (let round = 0; round < 12; round += 1) {
          exporter.export(numberedSpans(60, 10 + round * 60), ignore);
          await new Promise((resolve) => void setTimeout(resolve, 3 + (round % 4) * 6));
          proxy[fault]();
        }
        await exporter.forceFlush();
        expect(arrived()).to.deep.equal(numbered(730));
        expect(exporter.stats()).to.include({ acked: 730, rejected: 0 });
      });
    }

    it('F13 acknowledgements lost: noticed, and settled over the next connection', async () => {
      await start();
      proxy.set('drop-down');
      exporter.export(numberedSpans(50, 10), ignore);
      await until('the link to be given up', () => exporter.stats().state !== 'ready');
      proxy.set('pass');
      await exporter.forceFlush();
      expect(arrived()).to.deep.equal(numbered(60));
      expect(exporter.stats()).to.include({ acked: 60, reconnects: 1 });
    });

    it('F14 peer that does not read: memory bounded, the newest refused and counted, all accepted delivered later', async () => {
      await start({ maxQueueEvents: 2_000, ackTimeoutMillis: 400, maxBufferedBytes: 64 * 1024 });
      proxy.set('stall');
      for (let round = 0; round < 50; round += 1)
        exporter.export(numberedSpans(100, 10 + round * 100), ignore);
      const { refused, queued, inFlight } = exporter.stats();
      expect(queued + inFlight).to.equal(2_000);
      expect(refused.queue_full).to.equal(3_000);
      proxy.set('pass');
      await exporter.forceFlush();
      expect(arrived()).to.deep.equal(numbered(2_010));
    });

    it('F15 byte changed on the way: nothing accepted is lost', async () => {
      await start({ ackTimeoutMillis: 200 });
      const before = server.messages.length;
      proxy.set('corrupt');
      exporter.export(numberedSpans(1, 10), ignore);
      // Plain WebSocket has no checksum: the change may break the frame, the JSON, or only a value.
      await until(
        'a reaction',
        () =>
          exporter.stats().acked === 11 || exporter.stats().rejected > 0 || server.messages.length > before,
        6_000,
      );
      exporter.export(numberedSpans(5, 11), ignore);
      await exporter.forceFlush();
      const { acked, rejected } = exporter.stats();
      expect(acked + rejected).to.equal(16);
    });
  });
}
