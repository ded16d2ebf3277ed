import type { MeterProvider } from '@opentelemetry/api';
import { expect } from 'chai';
import { exporterMetrics } from '../../dist/esm/observe/exporter-metrics.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, quickExporter } from '../support/exporters.js';
import { Metrics } from '@cerberus-otel/test-support/metrics';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans, serverSpan } from '../support/spans.js';

const TYPE = 'cerberus_ws_exporter';
const ignore = (): void => undefined;

describe('metrics about the exporter', () => {
  let metrics: Metrics;
  let server: ScriptedServer | undefined;

  beforeEach(() => {
    metrics = new Metrics();
  });
  afterEach(async () => {
    await closeExporters();
    await server?.stop();
    server = undefined;
  });

  it('count what is stored, and show what is not yet', async () => {
    server = await ScriptedServer.start(new BatchBackend().script());
    const exporter = quickExporter(server.url, { selfObsMeterProvider: metrics.provider });
    exporter.export(numberedSpans(7), ignore);
    expect(await metrics.values(TYPE)).to.deep.equal({
      'exporter.span.exported': 0,
      'exporter.span.inflight': 7,
    });
    await exporter.forceFlush();
    expect(await metrics.values(TYPE)).to.deep.equal({
      'exporter.span.exported': 7,
      'exporter.span.inflight': 0,
    });
  });

  it('count what failed by its reason, and agree with stats()', async () => {
    server = await ScriptedServer.start({
      onMessage: (message, socket) => {
        if (message['endpoint'] === '/bad') socket.send('{"status":"error"}');
      },
    });
    const selfObsMeterProvider = metrics.provider;
    const exporter = quickExporter(server.url, {
      selfObsMeterProvider,
      maxQueueEvents: 3,
      ackTimeoutMillis: 5_000,
    });
    exporter.export([serverSpan({ 'url.path': '/bad' })], ignore);
    await until('the refusal', () => exporter.stats().rejected === 1);
    exporter.export(numberedSpans(5), ignore);
    const hostile = serverSpan({}, { attributes: new Proxy({}, { get: () => expect.fail('planted') }) });
    exporter.export([hostile], ignore);
    const values = await metrics.values(TYPE);
    expect(values).to.deep.equal({
      'exporter.span.exported': 0,
      'exporter.span.exported/rejected': 1,
      'exporter.span.exported/queue_full': 2,
      'exporter.span.exported/invalid': 1,
      'exporter.span.inflight': 3,
    });
    expect(exporter.stats()).to.deep.include({
      rejected: 1,
      refused: { queue_full: 2, invalid: 1, shutdown: 0 },
    });
  });

  it('have a reason for every way in which a span can fail', () => {
    const stats = {
      ...quickExporter('ws://127.0.0.1:9/').stats(),
      acked: 1,
      rejected: 2,
      refused: { queue_full: 3, shutdown: 4, invalid: 5 },
      dropped: { shutdown_timeout: 6, too_large: 7, poison: 8, spool_lost: 10, exit: 9 },
    };
    const [exported] = exporterMetrics(() => stats, false);
    expect(exported?.read()).to.deep.equal([
      [1],
      [2, 'rejected'],
      [3, 'queue_full'],
      [4, 'shutdown'],
      [5, 'invalid'],
      [6, 'shutdown_timeout'],
      [7, 'too_large'],
      [8, 'poison'],
      [10, 'spool_lost'],
      [9, 'exit'],
    ]);
  });

  it('are read when they are collected, and no longer after the shutdown', async () => {
    const exporter = quickExporter('ws://127.0.0.1:9/', { selfObsMeterProvider: metrics.provider });
    const { stats } = exporter;
    let reads = 0;
    exporter.stats = () => {
      reads += 1;
      return stats.call(exporter);
    };
    exporter.export(numberedSpans(100), ignore);
    expect(reads).to.equal(0);
    await metrics.points();
    expect(reads).to.be.above(0);
    const before = reads;
    await exporter.shutdown();
    await metrics.points();
    expect(reads).to.equal(before);
  });

  it('name their component, and nothing of the backend or the token', async () => {
    quickExporter('ws://127.0.0.1:9/canary-path', { selfObsMeterProvider: metrics.provider });
    const points = await metrics.points();
    for (const { type, component } of points) {
      expect(type).to.equal(TYPE);
      expect(component).to.match(/^cerberus_ws_exporter\/\d+$/);
    }
    expect(JSON.stringify(points)).to.not.match(/canary|127\.0/);
  });

  const boom = (): never => {
    throw new Error('planted');
  };
  const broken: Record<string, object> = {
    'gives no meter': { getMeter: () => undefined },
    throws: { getMeter: boom },
    'has a meter that throws': { getMeter: () => ({ createObservableCounter: boom }) },
    'throws when we take leave': {
      getMeter: () => ({
        createObservableCounter: () => ({}),
        createObservableUpDownCounter: () => ({}),
        addBatchObservableCallback: () => undefined,
        removeBatchObservableCallback: boom,
      }),
    },
  };
  for (const [what, provider] of Object.entries(broken)) {
    it(`are not there with a provider that ${what}, and nothing else is missing`, async () => {
      server = await ScriptedServer.start(new BatchBackend().script());
      const exporter = quickExporter(server.url, { selfObsMeterProvider: provider as MeterProvider });
      exporter.export(numberedSpans(3), ignore);
      await exporter.forceFlush();
      await exporter.shutdown();
      expect(exporter.stats().acked).to.equal(3);
    });
  }
});
