// What does not fit into memory, and what a process leaves behind, is on disk: it is sent in the order in which it was accepted,
// before anything newer, and in batch mode stored once, whoever sends it.
import { readdirSync } from 'node:fs';
import { expect } from 'chai';

import type { CerberusWsExporterOptions } from '../../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { imbalance } from '../../support/exporters.js';
import { Metrics } from '@cerberus-otel/test-support/metrics';
import { BatchBackend } from '../../support/scripted-server.js';
import { numberedSpans } from '../../support/spans.js';
import { backendOf, ignore, numbered, useSpooling, watched } from '../../support/spooling.js';

describe('spool', () => {
  const spooling = useSpooling();

  for (const mode of ['batch', 'event'] as const) {
    it(`F43 takes what does not fit into memory, and delivers all of it in order, once, in ${mode} mode`, async () => {
      const port = await spooling.freePort();
      const exporter = spooling.exporterTo(port, { protocol: mode });
      const seen = watched(exporter);
      let failures = 0;
      for (let from = 0; from < 3_000; from += 100) {
        exporter.export(numberedSpans(100, from), ({ code }) => void (failures += code));
        await new Promise((resolve) => void setTimeout(resolve, 2));
      }
      expect(failures).to.equal(0);
      const full = exporter.stats();
      expect([full.accepted, full.refused.queue_full, full.queued]).to.deep.equal([3_000, 0, 100]);
      expect(full.spooled.events).to.equal(2_900);
      const { script, stored } = backendOf(mode);
      await spooling.serve(script, port);
      // New ones come while it drains.
      for (let from = 3_000; from < 4_000; from += 20) {
        exporter.export(numberedSpans(20, from), ({ code }) => void (failures += code));
        await new Promise((resolve) => void setTimeout(resolve, 2));
      }
      await exporter.forceFlush();
      expect(stored()).to.deep.equal(numbered(4_000));
      const stats = exporter.stats();
      expect([stats.acked, stats.spooled.events, stats.queued, failures]).to.deep.equal([4_000, 0, 0, 0]);
      await until('the files to be deleted', () => spooling.files().length === 0);
      expect([...seen].filter((value) => value !== 0)).to.deep.equal([]);
      await exporter.shutdown();
      expect(readdirSync(spooling.folder, { recursive: true }).length).to.be.at.most(1);
    });

    it(`keeps what is left at shutdown for the next process, which sends it first, in ${mode} mode`, async () => {
      const port = await spooling.freePort();
      const exporter = spooling.exporterTo(port, { protocol: mode, shutdownTimeoutMillis: 50 });
      exporter.export(numberedSpans(500), ignore);
      await exporter.shutdown();
      const left = exporter.stats();
      expect([left.spooled.events, left.dropped.shutdown_timeout, imbalance(left)]).to.deep.equal([
        500, 0, 0,
      ]);
      const { script, stored } = backendOf(mode);
      await spooling.serve(script, port);
      const next = spooling.exporterTo(port, { protocol: mode });
      next.export(numberedSpans(10, 500), ignore);
      await until('all of them', () => stored().length >= 510);
      await next.forceFlush();
      expect(stored()).to.deep.equal(numbered(510));
      expect([next.stats().accepted, next.stats().acked, imbalance(next.stats())]).to.deep.equal([
        510, 510, 0,
      ]);
      await until('the files to be deleted', () => spooling.files().length === 0);
    });
  }

  it('counts the bytes that an end leaves on disk, of memory and of what was not written yet', async () => {
    const exporter = spooling.exporterTo(1);
    exporter.export(numberedSpans(1_000), ignore);
    await exporter.shutdown();
    expect(exporter.stats().spooled).to.deep.equal({ events: 1_000, bytes: spooling.bytes() });
  });

  it('is found by the next exporter of the process, although one was shut down while it looked', async () => {
    const port = await spooling.freePort();
    const first = spooling.exporterTo(port, { shutdownTimeoutMillis: 20 });
    first.export(numberedSpans(5), ignore);
    await first.shutdown();
    for (let brief = 0; brief < 10; brief += 1) {
      await spooling.exporterTo(port).shutdown();
      // Its look at the folder ends at some time after it.
      await new Promise((resolve) => void setTimeout(resolve, brief));
    }
    const { script, stored } = backendOf('batch');
    await spooling.serve(script, port);
    const last = spooling.exporterTo(port);
    await until('all of them', () => stored().length === 5);
    await last.forceFlush();
    expect(last.stats()).to.include({ accepted: 5, acked: 5 });
  });

  it('delivers what came before the folder was looked through, although the shutdown comes at once', async () => {
    const { script, stored } = backendOf('batch');
    await spooling.serve(script);
    const exporter = spooling.exporterTo(spooling.server.port, { shutdownTimeoutMillis: 30_000 });
    exporter.export(numberedSpans(3), ignore);
    await exporter.shutdown();
    expect(stored()).to.deep.equal(numbered(3));
    expect(exporter.stats()).to.deep.include({ acked: 3, spooled: { events: 0, bytes: 0 } });
  });

  it('is sent as that of the release that left it, and what is new as that of the one that sends', async () => {
    const port = await spooling.freePort();
    const of = (release: string): CerberusWsExporterOptions => ({
      protocol: 'batch',
      shutdownTimeoutMillis: 20,
      resource: { attributes: { 'service.version': release } },
    });
    const exporter = spooling.exporterTo(port, of('1.4.1'));
    exporter.export(numberedSpans(5), ignore);
    await exporter.shutdown();
    const backend = new BatchBackend();
    await spooling.serve(backend.script(), port);
    const next = spooling.exporterTo(port, of('1.4.2'));
    next.export(numberedSpans(5, 5), ignore);
    await until('all of them', () => backend.stored.length === 10);
    const said = backend.hellos.map((hello) => hello['service_version']);
    expect([...new Set(said)]).to.deep.equal(['1.4.1', '1.4.2']);
    const { producer } = backend.hellos.find((hello) => hello['service_version'] === '1.4.1') ?? {};
    expect(backend.lastSeq.get(String(producer))).to.equal(1);
  });

  it('sends what was spooled also when no new event comes', async () => {
    const port = await spooling.freePort();
    const exporter = spooling.exporterTo(port, { protocol: 'batch', shutdownTimeoutMillis: 20 });
    exporter.export(numberedSpans(50), ignore);
    await exporter.shutdown();
    const { script, stored } = backendOf('batch');
    await spooling.serve(script, port);
    spooling.exporterTo(port, { protocol: 'batch' });
    await until('all of them', () => stored().length === 50);
  });

  it('shows in metrics what is on disk', async () => {
    const port = await spooling.freePort();
    const metrics = new Metrics();
    const exporter = spooling.exporterTo(port, { protocol: 'batch', selfObsMeterProvider: metrics.provider });
    exporter.export(numberedSpans(500), ignore);
    const points = await metrics.points();
    const valueOf = (name: string): unknown => points.find((point) => point.name === name)?.value;
    expect(valueOf('cerberus.exporter.spool.size')).to.equal(400);
    expect(valueOf('cerberus.exporter.spool.bytes')).to.be.above(0);
  });
});
