// Whatever goes wrong inside, the request of the application is answered and nothing is thrown at it: an error in
// `onStart` would leave the request hanging.
import { setImmediate } from 'node:timers/promises';
import { ROOT_CONTEXT, type Attributes } from '@opentelemetry/api';
import { expect } from 'chai';
import {
  CerberusSpanProcessor,
  setMetric,
  setMetrics,
  setConsumer,
  setUserId,
  type SdkSpan,
} from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { listen, send, type TestServer } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { serverSpan, span } from '../support/spans.js';
import { startTracing, type Tracing } from '../support/tracing.js';

const boom = (): never => {
  throw new Error('planted 203.0.113.77');
};

describe('the hooks of CerberusSpanProcessor', () => {
  let exporter: RecordingExporter;
  let reporter: RecordingReporter;
  let processor: CerberusSpanProcessor;
  let tracing: Tracing | undefined;
  let server: TestServer | undefined;

  function make(ignorePaths?: (path: string) => boolean): void {
    exporter = new RecordingExporter();
    reporter = new RecordingReporter();
    processor = new CerberusSpanProcessor(
      { exporter, secretKey: 'k'.repeat(32), ignorePaths },
      { env: {}, reporter },
    );
  }

  function live(target: SdkSpan): void {
    processor.onStart(target, ROOT_CONTEXT);
    processor.onEnding(target);
    processor.onEnd(target);
  }

  afterEach(async () => {
    await server?.close();
    await tracing?.stop();
    await processor.shutdown();
    server = undefined;
    tracing = undefined;
  });

  const hostile: readonly [string, () => SdkSpan][] = [
    [
      'attributes that throw when they are read',
      () => serverSpan({}, { attributes: new Proxy({}, { get: boom, has: boom, ownKeys: boom }) }),
    ],
    [
      'frozen attributes',
      () => serverSpan({}, { attributes: Object.freeze({ 'http.request.method': 'GET' }) }),
    ],
    ['a frozen span', () => Object.freeze(serverSpan())],
    ['no attributes at all', () => serverSpan({}, { attributes: undefined as never })],
    ['a parent that throws', () => Object.defineProperty(serverSpan(), 'parentSpanContext', { get: boom })],
    ['a status that throws', () => Object.defineProperty(serverSpan(), 'status', { get: boom })],
  ];
  for (const [what, makeSpan] of hostile) {
    it(`survive ${what}, and count it`, () => {
      make();
      live(makeSpan());
      expect(processor.stats().hookFailures).to.be.at.least(1);
      expect(new Set(reporter.codes)).to.deep.equal(new Set(['CERBERUS_HOOK_FAILED']));
      expect(JSON.stringify(reporter)).to.not.match(/planted|203\.0/);
    });
  }

  it('survive a child whose attributes throw, and hand the request over all the same', () => {
    make();
    const root = serverSpan();
    processor.onStart(root, ROOT_CONTEXT);
    const attributes: Attributes = new Proxy({}, { ownKeys: boom });
    const context = ROOT_CONTEXT.setValue(Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA'), {
      span: root,
    });
    processor.onStart(span({ attributes }), context);
    processor.onEnding(root);
    processor.onEnd(root);
    expect(exporter.requests).to.have.length(1);
    expect(processor.stats()).to.include({ seen: 1, handedOver: 1 }).and.property('hookFailures').above(0);
  });

  it('survive a span that they never saw start, and contexts and spans that are none', () => {
    make();
    processor.onEnding(serverSpan());
    processor.onEnd(serverSpan());
    processor.onStart(span(), undefined as never);
    processor.onEnd(undefined as never);
    expect(exporter.requests).to.deep.equal([]);
  });

  it('report each kind of failure once, however often it happens', () => {
    make();
    for (let index = 0; index < 10; index += 1) live(Object.freeze(serverSpan()));
    expect(processor.stats().hookFailures).to.equal(10);
    expect(reporter.conditions).to.have.length(1);
  });

  it('count an exporter that throws as a refusal', () => {
    make();
    exporter.export = boom;
    live(serverSpan());
    expect(processor.stats()).to.include({ seen: 1, refused: 1, handedOver: 0, hookFailures: 1 });
  });

  it('count an asynchronous exporter that is rejected as a refusal, and the process goes on', async () => {
    const rejected: unknown[] = [];
    const onRejected = (error: unknown): void => void rejected.push(error);
    process.on('unhandledRejection', onRejected);
    afterTest(() => void process.off('unhandledRejection', onRejected));
    make();
    exporter.export = async () => boom();
    live(serverSpan());
    await setImmediate();
    expect(processor.stats()).to.include({ seen: 1, refused: 1, handedOver: 0, hookFailures: 1 });
    expect(rejected).to.deep.equal([]);
  });

  it('keep the request of an application whose `ignorePaths` throws', async () => {
    make(boom);
    tracing = startTracing({ processors: [processor] });
    server = await listen((_request, response) => response.end('fine'));
    expect(await send(server.port)).to.include('fine');
    await exporter.request();
    expect(processor.stats()).to.include({ seen: 1, handedOver: 1, hookFailures: 1 });
  });

  it('keep the request of an application whose `ignorePaths` gives a promise, and the process where that is rejected', async () => {
    const rejected: unknown[] = [];
    const onRejected = (error: unknown): void => void rejected.push(error);
    process.on('unhandledRejection', onRejected);
    afterTest(() => void process.off('unhandledRejection', onRejected));
    make((async (path: string) => {
      if (path === '/rejected') throw new Error('on purpose');
      return true;
    }) as never);
    tracing = startTracing({ processors: [processor] });
    server = await listen((_request, response) => response.end('fine'));
    for (const target of ['/', '/rejected']) expect(await send(server.port, { target })).to.include('fine');
    await exporter.request(1);
    await setImmediate();
    expect(processor.stats()).to.include({ seen: 2, handedOver: 2, hookFailures: 2 });
    expect(reporter.codes).to.deep.equal(['CERBERUS_HOOK_FAILED']);
    expect(rejected).to.deep.equal([]);
  });

  it('answer requests whatever the hooks run into', async () => {
    make();
    tracing = startTracing({ processors: [processor] });
    server = await listen((_request, response) => {
      const nasty = { toString: boom, valueOf: boom };
      expect(setMetric(nasty as never, 1)).to.equal(false);
      expect(setMetric('n', nasty as never)).to.equal(false);
      expect(setMetrics(new Proxy({}, { ownKeys: boom }))).to.equal(false);
      expect(setMetrics(null as never)).to.equal(false);
      const trap = Object.defineProperty({ good: 1 }, 'bad', { enumerable: true, get: boom });
      expect(setMetrics(trap)).to.equal(false);
      expect(setUserId(nasty as never)).to.equal(false);
      expect(setConsumer(nasty as never)).to.equal(false);
      expect(setConsumer('acme', new Proxy({}, { get: boom }))).to.equal(false);
      expect(setUserId(Number.NaN)).to.equal(false);
      response.end('fine');
    });
    expect(await send(server.port)).to.include('fine');
    expect(await exporter.request()).to.include({
      'cerberus.outcome': 'completed',
      'cerberus.metric.good': 1,
    });
  });
});
