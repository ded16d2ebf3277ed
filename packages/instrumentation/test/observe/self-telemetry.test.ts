import { ROOT_CONTEXT } from '@opentelemetry/api';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import {
  CerberusSpanProcessor,
  withCerberus,
  type CerberusSpanProcessorOptions,
  type NodeSdkConfigurationLike,
} from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { startEventBackend } from '../support/event-backend.js';
import { FakeClock } from '../support/fake-clock.js';
import { startKeyServer } from '../support/key-server.js';
import { Metrics } from '@cerberus-otel/test-support/metrics';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { serverSpan } from '../support/spans.js';

const TYPE = 'cerberus_span_processor';
const secretKey = 'k'.repeat(32);

describe('metrics about the processor', () => {
  let metrics: Metrics;
  beforeEach(() => {
    metrics = new Metrics();
  });

  function make(options: CerberusSpanProcessorOptions, clock = new FakeClock()): CerberusSpanProcessor {
    return new CerberusSpanProcessor(
      { selfObsMeterProvider: metrics.provider, ...options },
      { env: {}, clock, reporter: new RecordingReporter() },
    );
  }

  function serve(processor: CerberusSpanProcessor, path = '/x'): void {
    const span = serverSpan({ 'url.path': path });
    processor.onStart(span, ROOT_CONTEXT);
    processor.onEnding(span);
    processor.onEnd(span);
  }

  it('count what was handed over, and what was refused by its reason', async () => {
    const exporter = new RecordingExporter();
    const processor = make({ exporter, secretKey });
    serve(processor);
    serve(processor);
    serve(processor, '/health');
    await setImmediate();
    expect(await metrics.values(TYPE)).to.deep.equal({
      'processor.span.processed': 2,
      'processor.span.queue.size': 0,
      'processor.span.queue.capacity': 1000,
    });
    exporter.code = 1;
    serve(processor);
    expect(await metrics.values(TYPE)).to.include({
      'processor.span.processed': 2,
      'processor.span.processed/refused': 1,
    });
    await processor.shutdown();
  });

  it('count what was enriched when there is no exporter, and have no queue then', async () => {
    const processor = make({ secretKey });
    serve(processor);
    serve(processor, '/health');
    expect(await metrics.values(TYPE)).to.deep.equal({ 'processor.span.processed': 1 });
    await processor.shutdown();
  });

  it('show what waits for the key', async () => {
    const keyServer = await startKeyServer(() => undefined);
    const clock = new FakeClock();
    const exporter = new RecordingExporter();
    const processor = make({ exporter, backendUrl: keyServer.url, token: 't' }, clock);
    serve(processor);
    expect(await metrics.values(TYPE)).to.include({
      'processor.span.processed': 0,
      'processor.span.queue.size': 1,
    });
    clock.advance(5000);
    expect(await metrics.values(TYPE)).to.include({
      'processor.span.processed': 1,
      'processor.span.queue.size': 0,
    });
    await processor.shutdown();
  });

  it('have a name for each component', async () => {
    const processors = [make({ secretKey }), make({ secretKey })];
    const names = (await metrics.points()).map(({ component }) => String(component));
    expect(new Set(names).size).to.equal(2);
    for (const name of names) expect(name).to.match(/^cerberus_span_processor\/\d+$/);
    await Promise.all(processors.map((processor) => processor.shutdown()));
  });

  it('are read when they are collected, and no longer after the shutdown', async () => {
    const processor = make({ secretKey });
    const { stats } = processor;
    let reads = 0;
    processor.stats = () => {
      reads += 1;
      return stats.call(processor);
    };
    serve(processor);
    expect(reads).to.equal(0);
    await metrics.points();
    expect(reads).to.equal(1);
    await processor.shutdown();
    await metrics.points();
    expect(reads).to.equal(1);
  });

  it('go to both components through withCerberus', async () => {
    const backend = await startEventBackend();
    const sampler = { shouldSample: () => ({ decision: 2 }) };
    const given: NodeSdkConfigurationLike = { spanProcessors: [], sampler };
    const configuration = withCerberus(given, {
      wsUrl: backend.wsUrl,
      token: 't',
      clientId: 'c',
      secretKey,
      selfObsMeterProvider: metrics.provider,
    });
    const [processor] = configuration.spanProcessors as [CerberusSpanProcessor];
    afterTest(() => processor.shutdown());
    serve(processor);
    await processor.forceFlush();
    expect(await metrics.values(TYPE)).to.include({ 'processor.span.processed': 1 });
    expect(await metrics.values('cerberus_ws_exporter')).to.deep.equal({
      'exporter.span.exported': 1,
      'exporter.span.inflight': 0,
    });
  });

  it('are refused as an option that is no MeterProvider, and in the environment', () => {
    for (const wrong of [{}, 'x', 7, { getMeter: 1 }]) {
      expect(() => make({ selfObsMeterProvider: wrong as never })).to.throw(/must be a MeterProvider/);
      const options = {
        wsUrl: 'ws://localhost',
        token: 't',
        clientId: 'c',
        selfObsMeterProvider: wrong as never,
      };
      expect(() => new CerberusWsExporter(options, { env: {} })).to.throw(/must be a MeterProvider/);
    }
    const env = { CERBERUS_SELF_OBS_METER_PROVIDER: 'x' };
    expect(() => new CerberusSpanProcessor({}, { env })).to.throw(/can only be set in code/);
  });
});
