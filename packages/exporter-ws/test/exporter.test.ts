import { expect } from 'chai';
import { diag } from '@opentelemetry/api';
import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import { inspect } from 'node:util';
import { CerberusWsExporter, type FinishedSpan } from '../dist/esm/index.js';
import { closeExporters, QUICK, quickExporter, TOKEN } from './support/exporters.js';
import { ScriptedServer } from './support/scripted-server.js';
import { numberedSpans, serverSpan } from './support/spans.js';

const DEAD_END = 'ws://127.0.0.1:9/';

function outcome(
  exporter: CerberusWsExporter,
  spans: readonly FinishedSpan[],
): { code: number; error?: Error } {
  const results: { code: number; error?: Error }[] = [];
  exporter.export(spans, (result) => results.push(result));
  if (results.length !== 1 || results[0] === undefined)
    throw new Error(`called back ${results.length} times`);
  return results[0];
}

describe('CerberusWsExporter', () => {
  afterEach(closeExporters);

  it('calls back at once and once, with success for what it accepted', () => {
    const exporter = quickExporter(DEAD_END);
    expect(outcome(exporter, numberedSpans(3))).to.deep.equal({ code: 0 });
    expect(exporter.stats()).to.include({ accepted: 3, queued: 3 });
  });

  it('succeeds for an empty list and for spans that are no request, and counts those', () => {
    const exporter = quickExporter(DEAD_END);
    expect(outcome(exporter, [])).to.deep.equal({ code: 0 });
    expect(outcome(exporter, [serverSpan({}, { kind: 0 }), serverSpan({}, { kind: 2 })])).to.deep.equal({
      code: 0,
    });
    expect(exporter.stats()).to.include({ accepted: 0, skipped: 2, state: 'idle' });
  });

  it('refuses the newest when the queue is full, says so with counts, and keeps the others', () => {
    const exporter = quickExporter(DEAD_END, { maxQueueEvents: 5 });
    const result = outcome(exporter, numberedSpans(8));
    expect(result.code).to.equal(1);
    expect(result.error?.message).to.equal('not all of 8 spans were accepted: queue_full 3');
    expect(exporter.stats()).to.deep.include({
      accepted: 5,
      queued: 5,
      refused: { queue_full: 3, shutdown: 0, invalid: 0 },
    });
  });

  it('counts bytes as well as events', () => {
    const exporter = quickExporter(DEAD_END, { maxQueueBytes: 1_000 });
    outcome(exporter, numberedSpans(100));
    const { accepted, refused } = exporter.stats();
    expect(accepted).to.be.within(3, 5);
    expect(refused.queue_full).to.equal(100 - accepted);
  });

  it('makes one event of a span that reaches it twice', () => {
    const exporter = quickExporter(DEAD_END);
    const spans = numberedSpans(2);
    outcome(exporter, spans);
    expect(outcome(exporter, spans)).to.deep.equal({ code: 0 });
    expect(exporter.stats()).to.include({ accepted: 2, skipped: 2 });
  });

  it('takes a span again that it had refused', () => {
    const exporter = quickExporter(DEAD_END, { maxQueueEvents: 1 });
    const spans = numberedSpans(2);
    expect(outcome(exporter, spans).code).to.equal(1);
    expect(outcome(exporter, spans.slice(1)).code).to.equal(1);
    expect(exporter.stats().refused.queue_full).to.equal(2);
  });

  it('skips one span that cannot be read, not the others', () => {
    const exporter = quickExporter(DEAD_END);
    const hostile = Object.defineProperty({ ...serverSpan() }, 'attributes', {
      get() {
        throw new Error('hostile');
      },
    });
    expect(outcome(exporter, [serverSpan(), hostile, serverSpan()]).code).to.equal(1);
    expect(exporter.stats()).to.deep.include({
      accepted: 2,
      refused: { queue_full: 0, shutdown: 0, invalid: 1 },
    });
  });

  it('refuses a span whose times have no JSON', () => {
    const exporter = quickExporter(DEAD_END);
    const spans = [
      serverSpan({}, { duration: [0, NaN] }),
      serverSpan({}, { startTime: [Infinity, 0] }),
      serverSpan(),
    ];
    expect(outcome(exporter, spans).code).to.equal(1);
    expect(exporter.stats()).to.deep.include({
      accepted: 1,
      refused: { queue_full: 0, shutdown: 0, invalid: 2 },
    });
  });

  it('survives a callback that throws', () => {
    const exporter = quickExporter(DEAD_END);
    expect(() =>
      exporter.export([serverSpan()], () => {
        throw new Error('not ours');
      }),
    ).to.not.throw();
  });

  it('counts events without an address and metrics it had to drop', () => {
    const exporter = quickExporter(DEAD_END);
    outcome(exporter, [
      serverSpan({ 'cerberus.metric.bad': NaN, 'cerberus.metric.long': 'x'.repeat(2_000) }),
    ]);
    expect(exporter.stats()).to.include({ withoutSourceIp: 1, metricsDropped: 1, valuesCut: 1 });
  });

  it('opens nothing before the first event', () => {
    const before = process.getActiveResourcesInfo().sort();
    const exporter = quickExporter(DEAD_END);
    outcome(exporter, [serverSpan({}, { kind: 3 })]);
    expect(process.getActiveResourcesInfo().sort()).to.deep.equal(before);
    expect(exporter.stats().state).to.equal('idle');
  });

  it('resolves forceFlush at once when nothing is pending', async () => {
    await quickExporter(DEAD_END).forceFlush();
  });

  it('ends a refused port in backoff without an unhandled error', async () => {
    const exporter = quickExporter('ws://127.0.0.1:1/', { forceFlushTimeoutMillis: 150 });
    outcome(exporter, numberedSpans(1));
    await exporter.forceFlush().catch(() => undefined);
    expect(exporter.stats().state).to.be.oneOf(['backoff', 'connecting']);
  });

  it('says once that it sends unencrypted when that is allowed', async () => {
    const server = await ScriptedServer.start();
    const agent = new Agent({ lookup: (_host, options, callback) => lookup('127.0.0.1', options, callback) });
    const lines: string[] = [];
    const note = (...parts: unknown[]): void => void lines.push(String(parts[1]));
    diag.setLogger(
      { error: note, warn() {}, info() {}, debug() {}, verbose() {} },
      { suppressOverrideMessage: true },
    );
    try {
      const url = `ws://backend.example:${server.port}/`;
      const exporter = quickExporter(url, { agent, allowInsecureTransport: true, protocol: 'event' });
      outcome(exporter, [serverSpan({ 'cerberus.outcome': 'completed' })]);
      await exporter.forceFlush();
      server.sockets.forEach((socket) => socket.terminate());
      outcome(exporter, [serverSpan({ 'cerberus.outcome': 'completed' })]);
      await exporter.forceFlush();
      expect(lines.filter((line) => line.includes('unencrypted'))).to.have.length(1);
    } finally {
      diag.disable();
      await closeExporters();
      await server.stop();
      agent.destroy();
    }
  });

  it('shows no token when it is printed', () => {
    const exporter = new CerberusWsExporter({ ...QUICK, wsUrl: DEAD_END }, { env: {} });
    const printed =
      inspect(exporter, { depth: 9, showHidden: true }) +
      JSON.stringify(exporter) +
      JSON.stringify(exporter.stats());
    expect(printed).to.not.include(TOKEN);
  });
});
