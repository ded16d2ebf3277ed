// A process that ends while what was on disk goes through its queue: in event mode, where frames mean nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CerberusWsExporter, CerberusWsExporterOptions } from '../../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { imbalance, quickExporter } from '../../support/exporters.js';
import { ScriptedServer, type Script } from '../../support/scripted-server.js';
import { numberedSpans } from '../../support/spans.js';

const ignore = (): void => undefined;

describe('end of a process that sends what was on disk', () => {
  let spoolDir: string;
  let heard: string[];
  /** Answers so many events, then none. */
  let answers: number;
  let server: ScriptedServer;

  beforeEach(async () => {
    spoolDir = await mkdtemp(join(tmpdir(), 'cerberus-spool-'));
    const folder = spoolDir;
    afterTest(() => rm(folder, { recursive: true, force: true }));
    heard = [];
    const onMessage: Script['onMessage'] = ({ endpoint }, socket) => {
      heard.push(String(endpoint));
      if (heard.length <= answers) socket.send('ok');
    };
    server = await ScriptedServer.start({ onMessage });
  });

  function exporterTo(url: string, options: CerberusWsExporterOptions = {}): CerberusWsExporter {
    return quickExporter(url, {
      protocol: 'event',
      spoolDir,
      maxQueueEvents: 1_000,
      shutdownTimeoutMillis: 100,
      ackTimeoutMillis: 20_000,
      ...options,
    });
  }

  it('waits for no backend that is away: what is left is on disk long before a shutdown runs out of time', async () => {
    const exporter = exporterTo('ws://127.0.0.1:1/', { shutdownTimeoutMillis: 600_000 });
    exporter.export(numberedSpans(40), ignore);
    await until('an attempt that failed', () => exporter.stats().lastFailure !== null);
    await exporter.shutdown();
    expect([exporter.stats().spooled.events, imbalance(exporter.stats())]).to.deep.equal([40, 0]);
    expect((await inherited(40)).size).to.equal(40);
  });

  it('ends a flush that waits, and one that comes later: what is on disk waits for the next process', async () => {
    const exporter = exporterTo('ws://127.0.0.1:1/', { forceFlushTimeoutMillis: 600_000 });
    exporter.export(numberedSpans(40), ignore);
    const waiting = exporter.forceFlush();
    await exporter.shutdown();
    await waiting;
    await exporter.forceFlush();
    expect(exporter.stats().spooled.events).to.equal(40);
  });

  async function leaveOnDisk(count: number): Promise<void> {
    const exporter = exporterTo('ws://127.0.0.1:1/');
    exporter.export(numberedSpans(count), ignore);
    await exporter.shutdown();
    expect(exporter.stats().spooled.events).to.equal(count);
  }

  /** Everything that the next process finds and sends. */
  async function inherited(count: number): Promise<Set<string>> {
    heard = [];
    answers = Infinity;
    const heir = exporterTo(server.url);
    await until('what was left', () => heir.stats().acked >= count);
    await heir.forceFlush();
    return new Set(heard);
  }

  for (const answered of [0, 70]) {
    it(`leaves what is not answered on disk, and newer events that followed it (${answered} answered)`, async () => {
      await leaveOnDisk(300);
      answers = answered;
      const exporter = exporterTo(server.url);
      await until('all of it to be sent', () => heard.length === 300);
      // Nothing is on disk that they would have to follow there: they are behind it in the queue.
      exporter.export(numberedSpans(40, 300), ignore);
      await until('the answers', () => exporter.stats().acked === answered);
      await exporter.shutdown();
      const stats = exporter.stats();
      expect([stats.spooled.events, imbalance(stats)]).to.deep.equal([340 - answered, 0]);
      expect(Object.values(stats.dropped).every((count) => count === 0)).to.equal(true);
      const got = await inherited(340 - answered);
      const paths = Array.from({ length: 340 - answered }, (_, index) => `/${answered + index}`);
      expect(paths.filter((path) => !got.has(path))).to.deep.equal([]);
    });
  }
});
