// A spool goes on behind what cannot be sent, or not be written.
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import {
  CerberusConfigError,
  CerberusFlushTimeoutError,
  type CerberusWsExporter,
} from '../../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { imbalance } from '../../support/exporters.js';
import { BatchBackend } from '../../support/scripted-server.js';
import { numberedSpans } from '../../support/spans.js';
import { backendOf, ignore, numbered, useSpooling, watched } from '../../support/spooling.js';

describe('spool', () => {
  const spooling = useSpooling();

  it('does not hold up a spool over one event of it', async () => {
    const port = await spooling.freePort();
    const exporter = spooling.exporterTo(port, { protocol: 'batch' });
    exporter.export(numberedSpans(1_000), ignore);
    const backend = new BatchBackend();
    backend.onFrame = (_seq, events, socket) => {
      const chokes = events.some(({ endpoint }) => endpoint === '/500');
      if (chokes) socket.close(1011);
      return !chokes;
    };
    await spooling.serve(backend.script(), port);
    let sent = 1_000;
    const traffic = setInterval(() => {
      exporter.export(numberedSpans(1, sent), ignore);
      sent += 1;
      expect(imbalance(exporter.stats())).to.equal(0);
    }, 5);
    afterTest(() => clearInterval(traffic));
    await until('the culprit to be given up', () => exporter.stats().dropped.poison === 1, 15_000);
    clearInterval(traffic);
    await exporter.forceFlush();
    const paths = backend.stored.map(({ endpoint }) => String(endpoint));
    expect(paths).to.have.length(sent - 1);
    expect(new Set(paths).size).to.equal(sent - 1);
    await until('the files to be deleted', () => spooling.files().length === 0);
  });

  it('sends frames that are too large for another server in smaller ones', async () => {
    const port = await spooling.freePort();
    const exporter = spooling.exporterTo(port, {
      protocol: 'batch',
      maxQueueEvents: 2_000,
      shutdownTimeoutMillis: 20,
    });
    exporter.export(numberedSpans(1_500), ignore);
    await exporter.shutdown();
    const backend = new BatchBackend();
    backend.welcome = { max_in_flight: 2, max_frame_bytes: 65_536 };
    await spooling.serve(backend.script(), port);
    spooling.exporterTo(port, { protocol: 'batch' });
    await until('all of them', () => backend.stored.length === 1_500);
    expect(new Set(backend.stored.map(({ endpoint }) => endpoint)).size).to.equal(1_500);
  });

  it('counts what somebody has deleted as lost, and lets nobody wait for it', async () => {
    const port = await spooling.freePort();
    const exporter = spooling.exporterTo(port, { protocol: 'batch', forceFlushTimeoutMillis: 600_000 });
    exporter.export(numberedSpans(1_000), ignore);
    await until('the disk to have it', () => spooling.bytes() > 3_000);
    rmSync(spooling.folder, { recursive: true });
    const backend = new BatchBackend();
    await spooling.serve(backend.script(), port);
    await exporter.forceFlush();
    const { acked, dropped } = exporter.stats();
    expect([acked, dropped.spool_lost, backend.stored.length]).to.deep.equal([100, 900, 100]);
    expect(imbalance(exporter.stats())).to.equal(0);
  });

  for (const mode of ['batch', 'event'] as const) {
    it(`goes on behind what is damaged as a whole, also when no new event comes, in ${mode} mode`, async () => {
      for (const first of [0, 10]) {
        const life = spooling.exporterTo(1, { shutdownTimeoutMillis: 20 });
        life.export(numberedSpans(10, first), ignore);
        await until('the folder to be looked through', () => life.stats().accepted === first + 10);
        await life.shutdown();
        if (first > 0) continue;
        const [file = ''] = spooling.files();
        const path = join(spooling.folder, file);
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0, bytes.length - 9));
      }
      const { script, stored } = backendOf(mode);
      await spooling.serve(script);
      const heir = spooling.exporterTo(spooling.server.port, { protocol: mode });
      await until('what is whole', () => heir.stats().acked === 10);
      expect(stored()).to.deep.equal(numbered(20).slice(10));
      expect(heir.stats().dropped.spool_lost).to.equal(10);
    });
  }

  it('says how much a flush has not delivered, with what another process left', async () => {
    const before = spooling.exporterTo(1, { shutdownTimeoutMillis: 20 });
    before.export(numberedSpans(10), ignore);
    await before.shutdown();
    const heir = spooling.exporterTo(1, { forceFlushTimeoutMillis: 200 });
    heir.export(numberedSpans(1, 10), ignore);
    const failure = await heir.forceFlush().catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(CerberusFlushTimeoutError).with.property('pending', 11);
  });

  it('F45 refuses what a full disk does not take, counts it, and goes on when there is room', async function () {
    const mounted = ((): boolean => {
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', spooling.folder], {
          stdio: 'ignore',
        });
        return true;
      } catch {
        return false;
      }
    })();
    if (!mounted && process.env['CERBERUS_REQUIRE_ALL_TESTS'] !== 'true') this.skip();
    const folder = spooling.folder;
    afterTest(() => execFileSync('umount', ['-l', folder]));
    const port = await spooling.freePort();
    const exporter = spooling.exporterTo(port, { protocol: 'batch', maxQueueBytes: 200_000 });
    const seen = watched(exporter);
    let sent = 0;
    while (exporter.stats().refused.queue_full === 0) {
      exporter.export(numberedSpans(200, sent), ignore);
      sent += 200;
      await new Promise((resolve) => void setTimeout(resolve, 2));
    }
    const { script, stored } = backendOf('batch');
    await spooling.serve(script, port);
    await exporter.forceFlush();
    const stats = exporter.stats();
    expect(stats.accepted + stats.refused.queue_full).to.equal(sent);
    expect([stats.acked, stats.dropped.spool_lost]).to.deep.equal([stats.accepted, 0]);
    expect(new Set(stored()).size).to.equal(stats.accepted);
    expect([...seen].filter((value) => value !== 0)).to.deep.equal([]);
  });

  it('must be a folder that can be written to, as an absolute path', () => {
    const make = (dir: string) => (): CerberusWsExporter => spooling.exporterTo(1, { spoolDir: dir });
    expect(make('relative')).to.throw(
      CerberusConfigError,
      '`spoolDir` must be the absolute path of a folder',
    );
    const file = join(spooling.folder, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    expect(make(join(file, 'below'))).to.throw(
      CerberusConfigError,
      '`spoolDir`: the folder cannot be created or written to',
    );
  });
});
