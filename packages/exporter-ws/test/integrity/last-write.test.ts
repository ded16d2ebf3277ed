// What a process holds when it ends goes to the kernel in its `exit` event, and is counted.
import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CerberusWsExporterOptions, ExporterStats } from '../../dist/esm/index.js';
import { selfSigned, type Certificate } from '../support/certificates.js';
import { runScript, SPAN_SOURCE } from '../support/child.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';
import { startTlsTerminator } from '../support/tls-terminator.js';

const NOBODY = 'ws://127.0.0.1:1/';
const ignore = (): void => undefined;

describe('last write', () => {
  let certificate: Certificate;
  let backend: BatchBackend;
  let server: ScriptedServer;

  before(async () => {
    certificate = await selfSigned('localhost');
  });
  beforeEach(async () => {
    backend = new BatchBackend();
    server = await ScriptedServer.start(backend.script());
  });
  afterEach(async () => {
    await closeExporters();
    await server.stop();
  });

  /** Runs `ending` in a process that is connected; `add(from, count)` gives it events. Its counts come from its `exit`. */
  async function end(
    ending: string,
    options: CerberusWsExporterOptions = {},
    wsUrl = server.url,
  ): Promise<ExporterStats> {
    const all = { wsUrl, token: 't', clientId: 'c', flushIntervalMillis: 60_000, ...options };
    const exit = await runScript(
      `${SPAN_SOURCE}
      const e = new CerberusWsExporter(${JSON.stringify(all)});
      const add = (from, count) => e.export(spans(from + count).slice(from), () => {});
      add(0, 1);
      process.on('exit', () => console.log(JSON.stringify(e.stats())));
      ${wsUrl === NOBODY ? '' : 'await e.forceFlush();'}
      ${ending}`,
      { CERBERUS_WARNINGS: 'false' },
    );
    expect([exit.code, exit.stderr]).to.deep.equal([0, '']);
    return JSON.parse(exit.stdout) as ExporterStats;
  }

  async function arrived(count: number): Promise<void> {
    const paths = (): unknown[] => backend.stored.map(({ endpoint }) => endpoint);
    await until(`${count} events at the backend`, () => paths().length >= count);
    // Nothing more comes, for the process has gone.
    await new Promise((resolve) => void setTimeout(resolve, 50));
    expect(paths()).to.deep.equal(Array.from({ length: count }, (_, index) => `/${index}`));
  }

  it('takes along what process.exit finds in the queue, and counts it as dropped.exit', async () => {
    const stats = await end('add(1, 99); process.exit(0);');
    await arrived(100);
    expect(stats).to.include({ accepted: 100, acked: 1, queued: 0, inFlight: 0, state: 'closed' });
    expect(stats.dropped).to.deep.equal({
      shutdown_timeout: 0,
      too_large: 0,
      poison: 0,
      spool_lost: 0,
      exit: 99,
    });
    expect(imbalance(stats)).to.equal(0);
  });

  it('takes it along over TLS, where a second write of the same turn would stay behind', async () => {
    const tls = await startTlsTerminator(certificate, () => server.port);
    const options = { tlsCa: certificate.cert, maxBatchEvents: 10_000 };
    backend.welcome = { max_in_flight: 8, max_frame_bytes: 65_536 };
    try {
      await end('add(1, 999); process.exit(0);', options, `wss://localhost:${tls.port}/`);
      await arrived(1_000);
      expect(backend.lastSeq.values().next().value).to.be.above(3);
    } finally {
      await tls.stop();
    }
  });

  it('takes along over TLS what timers bring that are due when a flush writes', async () => {
    const tls = await startTlsTerminator(certificate, () => server.port);
    const options = { tlsCa: certificate.cert, flushIntervalMillis: 20 };
    try {
      await end(
        `const block = (millis) => { const end = performance.now() + millis; while (performance.now() < end); };
        add(1, 5);
        setTimeout(() => {
          setTimeout(() => { add(6, 1); process.exit(0); }, 1);
          // Behind the flush, which is due in the same turn; the timer above fires at the beginning of the next one.
          setImmediate(() => block(5));
        }, 21);
        block(40);`,
        options,
        `wss://localhost:${tls.port}/`,
      );
      await arrived(7);
    } finally {
      await tls.stop();
    }
  });

  it('leaves over TLS what follows a write of the same turn, and a spool keeps it for the next process, which sends it once', async () => {
    const tls = await startTlsTerminator(certificate, () => server.port);
    const spoolDir = await mkdtemp(join(tmpdir(), 'cerberus-last-'));
    afterTest(() => rm(spoolDir, { recursive: true }));
    const url = `wss://localhost:${tls.port}/`;
    const options = { tlsCa: certificate.cert, maxBatchEvents: 10 };
    const fullFrameAndFive = 'add(1, 10); add(11, 5); process.exit(0);';
    try {
      await end(fullFrameAndFive, options, url);
      await arrived(11);
      backend.stored.length = 0;
      await end(fullFrameAndFive, { ...options, spoolDir }, url);
      await arrived(11);
      const { acked } = await end('await e.shutdown();', { ...options, spoolDir }, url);
      // One event of its own, and what it found: ten that were stored before are acknowledged again.
      expect(acked).to.equal(16);
      const paths = backend.stored.map(({ endpoint }) => endpoint);
      expect(paths.toSorted()).to.deep.equal(
        [0, ...Array.from({ length: 16 }, (_, index) => index)].map((index) => `/${index}`).toSorted(),
      );
    } finally {
      await tls.stop();
    }
  });

  it('reaches a backend of event mode', async () => {
    const events = await ScriptedServer.start();
    try {
      const { dropped } = await end('add(1, 40); process.exit(0);', { protocol: 'event' }, events.url);
      await until('41 events at the backend', () => events.events.length === 41);
      expect(dropped.exit).to.equal(40);
    } finally {
      await events.stop();
    }
  });

  it('keeps to the window of the server: what lies above it is lost, and counted', async () => {
    backend.welcome = { max_in_flight: 2, max_frame_bytes: 65_536 };
    const { dropped } = await end('add(1, 34); process.exit(0);', { maxBatchEvents: 10 });
    await arrived(21);
    expect(dropped.exit).to.equal(34);
  });

  it('sends a frame that is being compressed before those behind it', async () => {
    await end('add(1, 10); add(11, 5); process.exit(0);', { compression: 'gzip', maxBatchEvents: 10 });
    await arrived(16);
  });

  it('takes along what an uncaught exception leaves', async () => {
    const exit = await runScript(
      `${SPAN_SOURCE}
      const e = new CerberusWsExporter({ wsUrl: '${server.url}', token: 't', clientId: 'c', flushIntervalMillis: 60_000 });
      e.export(spans(1), () => {});
      await e.forceFlush();
      e.export(spans(9).slice(1), () => {});
      setTimeout(() => { throw new Error('of the application'); }, 1);`,
    );
    expect(exit.code).to.equal(1);
    await arrived(9);
  });

  for (const [what, listener] of [
    ['throws', 'throw new Error("of the application")'],
    ['calls process.exit again', 'process.exit(3)'],
  ] as const) {
    it(`takes along what is left where a listener of exit that was there before ${what}`, async () => {
      await runScript(
        `${SPAN_SOURCE}
        process.on('exit', () => { ${listener}; });
        const e = new CerberusWsExporter({ wsUrl: '${server.url}', token: 't', clientId: 'c', flushIntervalMillis: 60_000 });
        e.export(spans(1), () => {});
        await e.forceFlush();
        e.export(spans(9).slice(1), () => {});
        setTimeout(() => process.exit(0), 1);`,
      );
      await arrived(9);
    });
  }

  it('takes along what is left when nothing is left to do', async () => {
    await end('add(1, 8);');
    await arrived(9);
  });

  it('counts all when there is no connection, and changes neither exit code nor output', async () => {
    const { dropped, accepted } = await end('add(1, 8); process.exit(0);', {}, NOBODY);
    expect([accepted, dropped.exit]).to.deep.equal([9, 9]);
  });

  it('has one listener for all exporters, from the first event to the last shutdown', async () => {
    const listeners = (): number => process.listenerCount('exit') + process.listenerCount('beforeExit');
    const before = listeners();
    const exporters = Array.from({ length: 12 }, () => quickExporter(server.url));
    expect(listeners()).to.equal(before);
    for (const exporter of exporters) exporter.export(numberedSpans(1), ignore);
    expect(listeners()).to.equal(before + 2);
    await closeExporters();
    expect(listeners()).to.equal(before);
  });
});
