// What does not fit into memory, and what a process leaves behind, is on disk: it is sent in the order in which it was accepted,
// before anything newer, and in batch mode stored once, whoever sends it.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  CerberusConfigError,
  type CerberusWsExporter,
  type CerberusWsExporterOptions,
} from '../../dist/esm/index.js';
import { runScript, SPAN_SOURCE } from '../support/child.js';
import { afterTest } from '../support/disposal.js';
import { eventually } from '../support/eventually.js';
import { imbalance, quickExporter } from '../support/exporters.js';
import { Metrics } from '../support/metrics.js';
import { BatchBackend, ScriptedServer, type Script } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const ignore = (): void => undefined;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/${index}`);
/** Files below a folder, without locks. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.seg'));

describe('spool', () => {
  let spoolDir: string;
  let server: ScriptedServer;

  beforeEach(async () => {
    spoolDir = await mkdtemp(join(tmpdir(), 'cerberus-spool-'));
    const folder = spoolDir;
    afterTest(() => rm(folder, { recursive: true, force: true }));
  });

  async function serve(script: Script, port = 0): Promise<void> {
    server = await ScriptedServer.start(script, port);
    const started = server;
    afterTest(() => started.stop());
  }

  /** A port on which nothing listens until `serve` does. */
  async function freePort(): Promise<number> {
    await serve({});
    const { port } = server;
    await server.stop();
    return port;
  }

  function exporterTo(port: number, options: CerberusWsExporterOptions = {}): CerberusWsExporter {
    return quickExporter(`ws://127.0.0.1:${port}/ws/events`, { spoolDir, maxQueueEvents: 100, ...options });
  }

  function watched(exporter: CerberusWsExporter): Set<number> {
    const seen = new Set<number>();
    const timer = setInterval(() => seen.add(imbalance(exporter.stats())), 1);
    afterTest(() => clearInterval(timer));
    return seen;
  }

  /** Stores what event mode brings, or batch mode. */
  function backendOf(mode: 'batch' | 'event'): { script: Script; stored: () => string[] } {
    if (mode === 'batch') {
      const backend = new BatchBackend();
      return {
        script: backend.script(),
        stored: () => backend.stored.map(({ endpoint }) => String(endpoint)),
      };
    }
    const stored: string[] = [];
    const onMessage: Script['onMessage'] = ({ endpoint }, socket) => {
      stored.push(String(endpoint));
      socket.send('ok');
    };
    return { script: { onMessage }, stored: () => stored };
  }

  for (const mode of ['batch', 'event'] as const) {
    it(`F43 takes what does not fit into memory, and delivers all of it in order, once, in ${mode} mode`, async () => {
      const port = await freePort();
      const exporter = exporterTo(port, { protocol: mode });
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
      await serve(script, port);
      // New ones come while it drains.
      for (let from = 3_000; from < 4_000; from += 20) {
        exporter.export(numberedSpans(20, from), ({ code }) => void (failures += code));
        await new Promise((resolve) => void setTimeout(resolve, 2));
      }
      await exporter.forceFlush();
      expect(stored()).to.deep.equal(numbered(4_000));
      const stats = exporter.stats();
      expect([stats.acked, stats.spooled.events, stats.queued, failures]).to.deep.equal([4_000, 0, 0, 0]);
      await eventually('the files to be deleted', () => filesIn(spoolDir).length === 0);
      expect([...seen].filter((value) => value !== 0)).to.deep.equal([]);
      await exporter.shutdown();
      expect(readdirSync(spoolDir, { recursive: true }).length).to.be.at.most(1);
    });

    it(`keeps what is left at shutdown for the next process, which sends it first, in ${mode} mode`, async () => {
      const port = await freePort();
      const exporter = exporterTo(port, { protocol: mode, shutdownTimeoutMillis: 50 });
      exporter.export(numberedSpans(500), ignore);
      await exporter.shutdown();
      const left = exporter.stats();
      expect([left.spooled.events, left.dropped.shutdown_timeout, imbalance(left)]).to.deep.equal([
        500, 0, 0,
      ]);
      const { script, stored } = backendOf(mode);
      await serve(script, port);
      const next = exporterTo(port, { protocol: mode });
      next.export(numberedSpans(10, 500), ignore);
      await eventually('all of them', () => stored().length >= 510);
      await next.forceFlush();
      expect(stored()).to.deep.equal(numbered(510));
      expect([next.stats().accepted, next.stats().acked, imbalance(next.stats())]).to.deep.equal([
        510, 510, 0,
      ]);
      await eventually('the files to be deleted', () => filesIn(spoolDir).length === 0);
    });
  }

  it('is sent as that of the release that left it, and what is new as that of the one that sends', async () => {
    const port = await freePort();
    const of = (release: string): CerberusWsExporterOptions => ({
      protocol: 'batch',
      shutdownTimeoutMillis: 20,
      resource: { attributes: { 'service.version': release } },
    });
    const exporter = exporterTo(port, of('1.4.1'));
    exporter.export(numberedSpans(5), ignore);
    await exporter.shutdown();
    const backend = new BatchBackend();
    await serve(backend.script(), port);
    const next = exporterTo(port, of('1.4.2'));
    next.export(numberedSpans(5, 5), ignore);
    await eventually('all of them', () => backend.stored.length === 10);
    const said = backend.hellos.map((hello) => hello['service_version']);
    expect([...new Set(said)]).to.deep.equal(['1.4.1', '1.4.2']);
    const { producer } = backend.hellos.find((hello) => hello['service_version'] === '1.4.1') ?? {};
    expect(backend.lastSeq.get(String(producer))).to.equal(1);
  });

  it('sends what was spooled also when no new event comes', async () => {
    const port = await freePort();
    const exporter = exporterTo(port, { protocol: 'batch', shutdownTimeoutMillis: 20 });
    exporter.export(numberedSpans(50), ignore);
    await exporter.shutdown();
    const { script, stored } = backendOf('batch');
    await serve(script, port);
    exporterTo(port, { protocol: 'batch' });
    await eventually('all of them', () => stored().length === 50);
  });

  it('is never sent twice, although the process that had sent it was gone before the acknowledgement', async () => {
    const backend = new BatchBackend();
    backend.silent = true;
    await serve(backend.script());
    const exporter = exporterTo(server.port, {
      protocol: 'batch',
      shutdownTimeoutMillis: 300,
      ackTimeoutMillis: 10_000,
    });
    exporter.export(numberedSpans(60), ignore);
    await eventually('all of them', () => backend.stored.length === 60);
    await exporter.shutdown();
    expect(exporter.stats().spooled.events).to.equal(60);
    backend.silent = false;
    const next = exporterTo(server.port, { protocol: 'batch' });
    await eventually('the acknowledgement', () => next.stats().acked === 60);
    expect(backend.stored).to.have.length(60);
    await eventually('the files to be deleted', () => filesIn(spoolDir).length === 0);
  });

  it('takes what process.exit finds, and the next process stores it once, sent or not', async () => {
    const backend = new BatchBackend();
    await serve(backend.script());
    const options = { wsUrl: server.url, token: 't', clientId: 'shop', protocol: 'batch', spoolDir };
    const exit = await runScript(
      `${SPAN_SOURCE}
      const e = new CerberusWsExporter(${JSON.stringify({ ...options, flushIntervalMillis: 60_000 })});
      e.export(spans(1), () => {});
      await e.forceFlush();
      e.export(spans(301).slice(1), () => {});
      process.on('exit', () => console.log(JSON.stringify(e.stats())));
      process.exit(0);`,
    );
    const stats = JSON.parse(exit.stdout) as { spooled: { events: number }; dropped: { exit: number } };
    expect([stats.spooled.events, stats.dropped.exit]).to.deep.equal([300, 0]);
    await eventually('the last write', () => backend.stored.length === 301);
    const next = exporterTo(server.port, { protocol: 'batch' });
    await eventually('what was on disk', () => next.stats().acked === 300);
    expect(backend.stored).to.have.length(301);
  });

  it('F44 loses no spooled event when the process is killed, and stores none twice', async function () {
    this.timeout(60_000);
    const backend = new BatchBackend();
    const port = await freePort();
    const options = {
      wsUrl: `ws://127.0.0.1:${port}/`,
      token: 't',
      clientId: 'shop',
      protocol: 'batch',
      spoolDir,
      maxQueueEvents: 50,
      initialBackoffMillis: 10,
      maxBackoffMillis: 50,
    };
    for (let life = 0; life < 3; life += 1) {
      // Each life has its own numbers, and is killed while it spools or, with a backend, while it drains.
      const life_ = runScript(
        `${SPAN_SOURCE}
        const e = new CerberusWsExporter(${JSON.stringify(options)});
        let next = ${life} * 100_000;
        setInterval(() => {
          e.export(Array.from({ length: 40 }, () => span(next++)), () => {});
        }, 5);
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2_500);`,
        { CERBERUS_WARNINGS: 'false' },
      );
      if (life % 2 === 1) {
        await new Promise((resolve) => void setTimeout(resolve, 2_000));
        await serve(backend.script(), port);
      }
      expect((await life_).signal).to.equal('SIGKILL');
      if (life % 2 === 1) await server.stop();
    }
    await serve(backend.script(), port);
    const last = exporterTo(port, { protocol: 'batch' });
    await eventually('all files to be sent and deleted', () => filesIn(spoolDir).length === 0, 20_000);
    expect(last.stats().acked).to.equal(last.stats().accepted);
    const paths = backend.stored.map(({ endpoint }) => Number(String(endpoint).slice(1)));
    expect(new Set(paths).size).to.equal(paths.length);
    for (let life = 0; life < 3; life += 1) {
      const own = paths.filter((path) => Math.floor(path / 100_000) === life).toSorted((a, b) => a - b);
      expect(own.length, `of life ${life}`).to.be.above(0);
      const gaps = own.filter((path, index) => index > 0 && path !== (own[index - 1] ?? 0) + 1);
      // Lost is what was in memory alone: the queue, and what waited to be written, at most once each.
      expect(gaps.length, `gaps of life ${life}`).to.be.at.most(1);
    }
  });

  it('does not hold up a spool over one event of it', async () => {
    const port = await freePort();
    const exporter = exporterTo(port, { protocol: 'batch' });
    exporter.export(numberedSpans(1_000), ignore);
    const backend = new BatchBackend();
    backend.onFrame = (_seq, events, socket) => {
      const chokes = events.some(({ endpoint }) => endpoint === '/500');
      if (chokes) socket.close(1011);
      return !chokes;
    };
    await serve(backend.script(), port);
    let sent = 1_000;
    const traffic = setInterval(() => {
      exporter.export(numberedSpans(1, sent), ignore);
      sent += 1;
      expect(imbalance(exporter.stats())).to.equal(0);
    }, 5);
    afterTest(() => clearInterval(traffic));
    await eventually('the culprit to be given up', () => exporter.stats().dropped.poison === 1, 15_000);
    clearInterval(traffic);
    await exporter.forceFlush();
    const paths = backend.stored.map(({ endpoint }) => String(endpoint));
    expect(paths).to.have.length(sent - 1);
    expect(new Set(paths).size).to.equal(sent - 1);
    await eventually('the files to be deleted', () => filesIn(spoolDir).length === 0);
  });

  it('sends frames that are too large for another server in smaller ones', async () => {
    const port = await freePort();
    const exporter = exporterTo(port, {
      protocol: 'batch',
      maxQueueEvents: 2_000,
      shutdownTimeoutMillis: 20,
    });
    exporter.export(numberedSpans(1_500), ignore);
    await exporter.shutdown();
    const backend = new BatchBackend();
    backend.welcome = { max_in_flight: 2, max_frame_bytes: 65_536 };
    await serve(backend.script(), port);
    exporterTo(port, { protocol: 'batch' });
    await eventually('all of them', () => backend.stored.length === 1_500);
    expect(new Set(backend.stored.map(({ endpoint }) => endpoint)).size).to.equal(1_500);
  });

  it('shows in metrics what is on disk', async () => {
    const port = await freePort();
    const metrics = new Metrics();
    const exporter = exporterTo(port, { protocol: 'batch', selfObsMeterProvider: metrics.provider });
    exporter.export(numberedSpans(500), ignore);
    const points = await metrics.points();
    const valueOf = (name: string): unknown => points.find((point) => point.name === name)?.value;
    expect(valueOf('cerberus.exporter.spool.size')).to.equal(400);
    expect(valueOf('cerberus.exporter.spool.bytes')).to.be.above(0);
  });

  it('belongs to one process at a time', async () => {
    const port = await freePort();
    const first = exporterTo(port, { protocol: 'batch' });
    first.export(numberedSpans(500), ignore);
    await eventually('a file', () => filesIn(spoolDir).length > 0);
    const { script, stored } = backendOf('batch');
    const second = exporterTo(port, { protocol: 'batch' });
    second.export(numberedSpans(1, 900), ignore);
    await serve(script, port);
    await second.forceFlush();
    await first.forceFlush();
    expect([first.stats().acked, second.stats().acked]).to.deep.equal([500, 1]);
    expect(stored()).to.have.length(501);
  });

  it('F45 refuses what a full disk does not take, counts it, and goes on when there is room', async function () {
    const mounted = ((): boolean => {
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', spoolDir], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    })();
    if (!mounted && process.env['CERBERUS_REQUIRE_ALL_TESTS'] !== 'true') this.skip();
    const folder = spoolDir;
    afterTest(() => execFileSync('umount', ['-l', folder]));
    const port = await freePort();
    const exporter = exporterTo(port, { protocol: 'batch', maxQueueBytes: 200_000 });
    const seen = watched(exporter);
    let sent = 0;
    while (exporter.stats().refused.queue_full === 0) {
      exporter.export(numberedSpans(200, sent), ignore);
      sent += 200;
      await new Promise((resolve) => void setTimeout(resolve, 2));
    }
    const { script, stored } = backendOf('batch');
    await serve(script, port);
    await exporter.forceFlush();
    const stats = exporter.stats();
    expect(stats.accepted + stats.refused.queue_full).to.equal(sent);
    expect([stats.acked, stats.dropped.spool_lost]).to.deep.equal([stats.accepted, 0]);
    expect(new Set(stored()).size).to.equal(stats.accepted);
    expect([...seen].filter((value) => value !== 0)).to.deep.equal([]);
  });

  it('must be a folder that can be written to, as an absolute path', () => {
    const make = (dir: string) => (): CerberusWsExporter => exporterTo(1, { spoolDir: dir });
    expect(make('relative')).to.throw(
      CerberusConfigError,
      '`spoolDir` must be the absolute path of a folder',
    );
    const file = join(spoolDir, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    expect(make(join(file, 'below'))).to.throw(
      CerberusConfigError,
      '`spoolDir`: the folder cannot be created or written to',
    );
  });
});
