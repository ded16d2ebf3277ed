// An uplink on which a usual frame takes longer than its acknowledgement may: what is accepted arrives as fast as the line goes.
import { expect } from 'chai';
import type { CerberusWsExporter, FinishedSpan } from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { SlowLine } from '../support/slow-line.js';
import { serverSpan } from '../support/spans.js';

const ignore = (): void => undefined;
/** 64 kbit/s and the usual times, all ten times as fast: a frame of 256 KiB takes three times as long as it may. */
const BYTES_PER_SECOND = 80_000;
const TIMES = { ackTimeoutMillis: 1_000, pingIntervalMillis: 1_500, pingTimeoutMillis: 1_000 };
const EVENT_BYTES = 1_000;
const EVENTS = 600;

/** Events of about a thousand bytes. */
function largeSpans(count: number, from = 0): FinishedSpan[] {
  return Array.from({ length: count }, (_, index) =>
    serverSpan({ 'url.path': `/${from + index}/${'x'.repeat(EVENT_BYTES - 280)}` }),
  );
}

for (const mode of ['batch', 'event'] as const) {
  describe(`slow uplink, ${mode} mode`, function () {
    this.timeout(90_000);
    let backend: BatchBackend;
    let server: ScriptedServer;
    let line: SlowLine;
    let exporter: CerberusWsExporter;
    const unbalanced = new Set<number>();
    let sample: NodeJS.Timeout;
    const arrived = (): unknown[] =>
      (mode === 'batch' ? backend.stored : server.events).map(({ endpoint }) => endpoint);

    beforeEach(async () => {
      backend = new BatchBackend();
      server = await ScriptedServer.start(mode === 'batch' ? backend.script() : {});
      line = await SlowLine.start(() => server.port, BYTES_PER_SECOND);
      exporter = quickExporter(`ws://127.0.0.1:${line.port}/`, {
        protocol: mode,
        forceFlushTimeoutMillis: 60_000,
        ...TIMES,
      });
      unbalanced.clear();
      sample = setInterval(() => unbalanced.add(imbalance(exporter.stats())), 5);
    });
    afterEach(async () => {
      clearInterval(sample);
      await closeExporters();
      expect([...unbalanced].filter((value) => value !== 0)).to.deep.equal([]);
    });

    it('F47 is used nearly as well as it can be, and delivers each event once', async () => {
      const began = performance.now();
      exporter.export(largeSpans(EVENTS), ignore);
      await exporter.forceFlush();
      const seconds = (performance.now() - began) / 1e3;
      const paths = arrived();
      const bytes =
        mode === 'batch' ? JSON.stringify(backend.stored).length : JSON.stringify(server.events).length;
      const share = bytes / seconds / BYTES_PER_SECOND;
      if (process.env['CERBERUS_SLOW_LINE'])
        process.stderr.write(
          `${mode}: ${share.toFixed(2)} of the line, ${line.connections} connections, ${line.passed} bytes for ${bytes}\n`,
        );
      expect(paths.length).to.equal(EVENTS);
      expect(new Set(paths).size).to.equal(EVENTS);
      expect(share).to.be.above(0.5);
    });

    it('F47 carries an event that takes three times as long as its acknowledgement may', async () => {
      line.bytesPerSecond = 3_000;
      const metrics = Array.from({ length: 7 }, (_, index) => [
        `cerberus.metric.m${index}`,
        'x'.repeat(1_000),
      ]);
      exporter.export(largeSpans(5), ignore);
      const path = `/large/${'x'.repeat(1_900)}`;
      exporter.export([serverSpan({ 'url.path': path, ...Object.fromEntries(metrics) })], ignore);
      exporter.export(largeSpans(5, 5), ignore);
      await exporter.forceFlush();
      expect(exporter.stats()).to.deep.include({ acked: 11, rejected: 0, queued: 0, inFlight: 0 });
      expect(arrived()).to.include(path);
      // In event mode what was not answered in time is sent again.
      expect(new Set(arrived()).size).to.equal(11);
      if (mode === 'batch') expect(arrived()).to.have.length(11);
    });

    it('F47 becomes fast: frames are as large as ever again', async () => {
      exporter.export(largeSpans(100), ignore);
      await until('something to be acknowledged', () => exporter.stats().acked > 0, 20_000);
      line.bytesPerSecond = Infinity;
      await exporter.forceFlush();
      for (let round = 1; round <= 6; round += 1) {
        exporter.export(largeSpans(EVENTS, round * EVENTS), ignore);
        await exporter.forceFlush();
      }
      if (mode === 'event') return;
      const sizes = server.texts.slice(-3).map((text) => text.length);
      expect(Math.max(...sizes)).to.be.above(200_000);
    });
  });
}
