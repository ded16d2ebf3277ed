// Time, process and platform: clocks that jump, processes that stop, loops that block, copies of the package.
import { expect } from 'chai';
import { build, stop as stopEsbuild } from 'esbuild';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { CerberusWsExporter } from '../../dist/esm/index.js';
import { runScript, SPAN_SOURCE } from '../support/child.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const ignore = (): void => undefined;
const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

describe('faults of time and process', () => {
  after(() => stopEsbuild());
  let backend: BatchBackend;
  let server: ScriptedServer;

  beforeEach(async () => {
    backend = new BatchBackend();
    server = await ScriptedServer.start(backend.script());
  });
  afterEach(async () => {
    await closeExporters();
    await server.stop();
  });

  const construct = (more = ''): string =>
    `${SPAN_SOURCE}\nconst e = new CerberusWsExporter({ wsUrl: '${server.url}', token: 't', clientId: 'c', ${more} });`;

  for (const jump of [3_600_000, -3_600_000]) {
    it(`F31 wall clock that jumps by ${jump > 0 ? 'plus' : 'minus'} an hour: no timeout, no reconnect`, async () => {
      const exporter: CerberusWsExporter = quickExporter(server.url);
      exporter.export(numberedSpans(5), ignore);
      await exporter.forceFlush();
      const original = Date.now;
      Date.now = () => original() + jump;
      try {
        exporter.export(numberedSpans(5, 5), ignore);
        await exporter.forceFlush();
        await new Promise((resolve) => void setTimeout(resolve, 300));
        expect(exporter.stats()).to.include({ acked: 10, reconnects: 0, state: 'ready' });
      } finally {
        Date.now = original;
      }
    });
  }

  it('F31 process that is stopped and continued: at most one reconnect, and it delivers', async () => {
    const source = `import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
      ${construct('pingIntervalMillis: 300, pingTimeoutMillis: 300, ackTimeoutMillis: 500, initialBackoffMillis: 20')}
      let n = 0;
      const timer = setInterval(() => { e.export([span(n += 1)], () => {}); if (n === 10) process.send('ready'); }, 10);
      process.on('message', async () => { clearInterval(timer); await e.forceFlush(); process.send(e.stats()); process.disconnect(); });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: packageRoot,
      env: { PATH: process.env['PATH'], CERBERUS_WARNINGS: 'false' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    try {
      const messages: unknown[] = [];
      child.on('message', (message) => messages.push(message));
      await until('the child at work', () => messages.length === 1);
      child.kill('SIGSTOP');
      await new Promise((resolve) => void setTimeout(resolve, 1_200));
      child.kill('SIGCONT');
      await new Promise((resolve) => void setTimeout(resolve, 300));
      child.send('stop');
      const stats = await until(
        'the numbers',
        () => messages[1] as { acked: number; accepted: number; reconnects: number },
      );
      expect(stats.acked).to.equal(stats.accepted);
      expect(stats.reconnects).to.be.at.most(1);
      expect(backend.stored).to.have.length(stats.accepted);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('F32 event loop that is blocked for longer than every timeout: what came meanwhile is read first, no reconnect', async () => {
    const exit = await runScript(`
      ${construct('pingIntervalMillis: 100, pingTimeoutMillis: 100, ackTimeoutMillis: 200, flushIntervalMillis: 1')}
      e.export(spans(10), () => {});
      await e.forceFlush();
      for (let round = 0; round < 3; round += 1) {
        e.export([span(100 + round)], () => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
        const end = performance.now() + 700;
        while (performance.now() < end);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await e.forceFlush();
      const { acked, reconnects } = e.stats();
      console.log(JSON.stringify({ acked, reconnects }));
    `);
    expect(JSON.parse(exit.stdout)).to.deep.equal({ acked: 13, reconnects: 0 });
  });

  const ENDINGS: Record<
    string,
    { source: string; code: number | null; signal?: string; delivered: boolean }
  > = {
    'natural exit': { source: 'await e.shutdown();', code: 0, delivered: true },
    'process.exit': { source: 'process.exit(3);', code: 3, delivered: true },
    'uncaught exception': {
      source: "setTimeout(() => { throw new Error('app'); }, 1);",
      code: 1,
      delivered: true,
    },
    SIGKILL: {
      source: "process.kill(process.pid, 'SIGKILL');",
      code: null,
      signal: 'SIGKILL',
      delivered: false,
    },
    'SIGTERM without a handler': {
      source: "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5_000);",
      code: null,
      signal: 'SIGTERM',
      delivered: false,
    },
    'SIGTERM with a handler that shuts down': {
      source:
        "process.once('SIGTERM', () => e.shutdown().then(() => process.exit(0))); process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5_000);",
      code: 0,
      delivered: true,
    },
  };
  for (const [name, { source, code, signal = null, delivered }] of Object.entries(ENDINGS)) {
    it(`F33 ${name}: ends as it would without us, ${delivered ? 'and everything is delivered' : 'and no more than what was not acknowledged is lost'}`, async () => {
      const exit = await runScript(
        `${construct()} e.export(spans(100), () => {}); await e.forceFlush(); e.export(spans(100).map((_, i) => span(100 + i)), () => {}); ${source}`,
      );
      expect([exit.code, exit.signal]).to.deep.equal([code, signal]);
      if (delivered) await until('all events', () => backend.stored.length >= 200);
      const stored = new Set(backend.stored.map(({ endpoint }) => endpoint)).size;
      expect(stored).to.equal(backend.stored.length);
      expect(stored).to.be.within(delivered ? 200 : 100, 200);
      expect(exit.millis).to.be.below(8_000);
    });
  }

  for (const [how, source] of [
    ['process.exit', 'process.exit(0)'],
    ['SIGTERM', "process.kill(process.pid, 'SIGTERM')"],
  ] as const) {
    it(`F33 ${how} at every moment: ends at once, and nothing is stored twice or torn`, async () => {
      const moments = [0, 3, 10, 25, 60, 120];
      const exits = await Promise.all(
        moments.map((millis, index) =>
          runScript(
            `${construct('flushIntervalMillis: 1, maxBatchEvents: 5')}
             let id = ${index} * 100_000;
             setInterval(() => e.export([span(id += 1), span(id += 1)], () => {}), 1);
             setTimeout(() => ${source}, ${millis});`,
            { CERBERUS_WARNINGS: 'false' },
          ),
        ),
      );
      expect(exits.map(({ code, signal, stderr }) => [code ?? signal, stderr])).to.deep.equal(
        moments.map(() => [how === 'SIGTERM' ? 'SIGTERM' : 0, '']),
      );
      const stored = backend.stored.map(({ endpoint }) => endpoint);
      expect(new Set(stored).size).to.equal(stored.length);
    });
  }

  it('F33 worker that exits: takes nothing with it', async () => {
    const exit = await runScript(
      `
      import { Worker } from 'node:worker_threads';
      ${construct()}
      const worker = new Worker(\`import('@cerberus-otel/exporter-ws').then(({ CerberusWsExporter }) => {
        const e = new CerberusWsExporter({ wsUrl: '${server.url}', token: 't', clientId: 'worker' });
        const span = { kind: 1, attributes: { 'http.request.method': 'GET', 'url.path': '/worker' }, startTime: [1, 0], duration: [0, 1], status: { code: 0 }, spanContext: () => ({ traceId: 'f'.repeat(32), spanId: 'f'.repeat(16), traceFlags: 1 }) };
        e.export([span], () => {});
        return e.forceFlush().then(() => process.exit(0));
      });\`, { eval: true });
      await new Promise((resolve) => worker.once('exit', resolve));
      e.export(spans(5), () => {});
      await e.shutdown();
    `,
      { CERBERUS_WARNINGS: 'false' },
    );
    expect([exit.code, exit.stderr]).to.deep.equal([0, '']);
    expect(backend.stored).to.have.length(6);
  });

  it('F34 shutdown twice, while connecting, in backoff and with a flush: one promise, books balanced', async () => {
    for (const url of [server.url, 'ws://127.0.0.1:1/']) {
      const exporter = quickExporter(url, { shutdownTimeoutMillis: 300 });
      exporter.export(numberedSpans(5), ignore);
      if (url !== server.url) await until('a backoff', () => exporter.stats().state === 'backoff');
      const results = await Promise.allSettled([
        exporter.forceFlush(),
        exporter.shutdown(),
        exporter.forceFlush(),
        exporter.shutdown(),
      ]);
      expect(results.map(({ status }) => status)).to.deep.equal([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'fulfilled',
      ]);
      exporter.export(numberedSpans(1), ignore);
      const stats = exporter.stats();
      expect(imbalance(stats)).to.equal(0);
      expect([stats.state, stats.queued, stats.inFlight, stats.refused.shutdown]).to.deep.equal([
        'closed',
        0,
        0,
        1,
      ]);
    }
  });

  it('F35 last export of a BatchSpanProcessor that fails: exporter.shutdown() still drains', async () => {
    const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
    const exporter = quickExporter(server.url, {
      maxQueueEvents: 3,
      flushIntervalMillis: 60_000,
      shutdownTimeoutMillis: 5_000,
    });
    const processor = new BatchSpanProcessor(exporter);
    type Ended = Parameters<typeof processor.onEnd>[0];
    for (const span of numberedSpans(5)) processor.onEnd({ ...span, resource: {} } as unknown as Ended);
    await processor.shutdown().catch(ignore);
    await exporter.shutdown();
    expect(backend.stored).to.have.length(3);
    expect(exporter.stats().refused.queue_full).to.equal(2);
  });

  it('F36 four processes and two exporters each: a producer of their own, everything stored once', async () => {
    const source = `
      import cluster from 'node:cluster';
      ${construct()}
      const second = new CerberusWsExporter({ wsUrl: '${server.url}', token: 't', clientId: 'c2' });
      e.export(spans(50), () => {});
      second.export(spans(50), () => {});
      await Promise.all([e.shutdown(), second.shutdown()]);`;
    const exits = await Promise.all(
      [1, 2, 3, 4].map(() => runScript(source, { CERBERUS_WARNINGS: 'false' }, 15_000)),
    );
    expect(exits.map(({ code }) => code)).to.deep.equal([0, 0, 0, 0]);
    expect(new Set(backend.producers).size).to.equal(8);
    expect(backend.stored).to.have.length(400);
  });

  it('F36 CommonJS and ES module copy in one process: both deliver, neither disturbs the other', async () => {
    const exit = await runScript(`
      import { createRequire } from 'node:module';
      ${construct()}
      const { CerberusWsExporter: Copy } = createRequire(process.cwd() + '/x.js')('@cerberus-otel/exporter-ws');
      const copy = new Copy({ wsUrl: '${server.url}', token: 't', clientId: 'copy' });
      e.export(spans(5), () => {});
      copy.export(spans(5), () => {});
      await Promise.all([e.shutdown(), copy.shutdown()]);
      console.log(Copy === CerberusWsExporter);
    `);
    expect([exit.stdout.trim(), backend.stored.length]).to.deep.equal(['false', 10]);
  });

  for (const format of ['esm', 'cjs'] as const) {
    it(`F37 bundled into one file (${format}), with ws's native helpers missing: works as ever`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'cerberus-bundle-'));
      try {
        const outfile = join(folder, format === 'esm' ? 'app.mjs' : 'app.cjs');
        await build({
          stdin: {
            contents: `import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
              ${SPAN_SOURCE}
              const e = new CerberusWsExporter({ wsUrl: '${server.url}', token: 't', clientId: 'c' });
              e.export(spans(5), () => {});
              e.shutdown().then(() => console.log(e.stats().acked));`,
            resolveDir: packageRoot,
          },
          bundle: true,
          platform: 'node',
          format,
          outfile,
          external: ['bufferutil', 'utf-8-validate'],
          banner:
            format === 'esm'
              ? {
                  js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
                }
              : {},
          logLevel: 'silent',
        });
        const { stdout } = await promisify(execFile)(process.execPath, [outfile], {
          env: { CERBERUS_WARNINGS: 'false' },
        });
        expect(stdout.trim()).to.equal('5');
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }

  it('F37 proxy variables, frozen intrinsics and no __proto__: works as ever', async () => {
    const env = {
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      ALL_PROXY: 'http://127.0.0.1:1',
      NODE_OPTIONS: '--frozen-intrinsics --disable-proto=throw --no-warnings',
    };
    const exit = await runScript(
      `${construct()} e.export(spans(5), () => {}); await e.shutdown(); console.log(e.stats().acked);`,
      env,
    );
    expect(exit.stdout.trim(), exit.stderr).to.equal('5');
  });
});
