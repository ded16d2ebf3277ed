// Shutdown: refuse new spans, deliver what is queued within the deadline, count the rest, leave nothing open.
import { expect } from 'chai';
import type { CerberusWsExporter, FinishedSpan } from '../../dist/esm/index.js';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const DEAD_END = 'ws://127.0.0.1:9/';

function outcome(exporter: CerberusWsExporter, spans: readonly FinishedSpan[]): { code: number } {
  const results: { code: number }[] = [];
  exporter.export(spans, (result) => results.push(result));
  return results[0] ?? expect.fail('no callback');
}

/** Sockets and timers of this process; the servers of a test come and go between two looks. */
function openResources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => ['TCPSocketWrap', 'Timeout', 'Immediate'].includes(name))
    .sort();
}

describe('shutdown', () => {
  afterEach(closeExporters);

  it('refuses after shutdown and counts it', async () => {
    const exporter = quickExporter(DEAD_END);
    await exporter.shutdown();
    expect(outcome(exporter, numberedSpans(2)).code).to.equal(1);
    expect(exporter.stats()).to.deep.include({
      state: 'closed',
      refused: { queue_full: 0, shutdown: 2, invalid: 0 },
    });
  });

  it('gives the same promise for every shutdown, resolves with the backend down, and counts what it dropped', async () => {
    const exporter = quickExporter(DEAD_END);
    outcome(exporter, numberedSpans(4));
    const flush = exporter.forceFlush();
    const first = exporter.shutdown();
    expect(exporter.shutdown()).to.equal(first);
    await first;
    await flush;
    const stats = exporter.stats();
    expect(stats).to.include({ queued: 0, inFlight: 0 });
    expect(stats.dropped).to.deep.equal({
      shutdown_timeout: 4,
      too_large: 0,
      poison: 0,
      spool_lost: 0,
      exit: 0,
    });
    expect(imbalance(stats)).to.equal(0);
    await exporter.forceFlush();
  });

  it('drains the queue at shutdown and leaves no open handle', async () => {
    const backend = new BatchBackend();
    const server = await ScriptedServer.start(backend.script());
    const before = openResources();
    const exporter = quickExporter(server.url, { flushIntervalMillis: 60_000, shutdownTimeoutMillis: 5_000 });
    outcome(exporter, numberedSpans(700));
    await exporter.shutdown();
    expect(backend.stored).to.have.length(700);
    expect(exporter.stats()).to.include({ acked: 700, state: 'closed' });
    await server.stop();
    expect(openResources()).to.deep.equal(before);
  });

  it('closes with 1000 at shutdown', async () => {
    const backend = new BatchBackend();
    const codes: number[] = [];
    const server = await ScriptedServer.start({
      ...backend.script(),
      onConnection: (socket) => socket.on('close', (code) => codes.push(code)),
    });
    const exporter = quickExporter(server.url, { shutdownTimeoutMillis: 5_000 });
    outcome(exporter, numberedSpans(1));
    await exporter.shutdown();
    await server.stop();
    expect(codes).to.deep.equal([1000]);
  });
});
