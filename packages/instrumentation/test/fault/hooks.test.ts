// Hooks that run into errors: an error in `onStart` would leave the request hanging, one in `onEnd` would be thrown
// from `span.end()`.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'chai';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { runChild } from '../support/child.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { listen, send, type TestServer } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { startTracing, type Tracing } from '../support/tracing.js';

const boom = (): never => {
  throw new Error('planted 203.0.113.77');
};

/** Makes a span of the SDK hostile as it starts, before our processor sees it. */
function saboteur(sabotage: (span: object) => void): SpanProcessor {
  return {
    onStart: sabotage,
    onEnd: () => undefined,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** The SDK itself only writes attributes; who reads them gets an error. */
const unreadable = (attributes: object): object => new Proxy(attributes, { get: boom });

describe('faults of hooks', () => {
  let exporter: RecordingExporter;
  let reporter: RecordingReporter;
  let processor: CerberusSpanProcessor;
  let tracing: Tracing | undefined;
  let server: TestServer | undefined;

  async function answers(before: SpanProcessor[] = []): Promise<void> {
    exporter = new RecordingExporter();
    reporter = new RecordingReporter();
    processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {}, reporter });
    tracing = startTracing({ processors: [...before, processor] });
    server = await listen((_request, response) => response.end('fine'));
    for (let count = 0; count < 5; count += 1) expect(await send(server.port)).to.include('fine');
  }
  afterEach(async () => {
    await server?.close();
    await tracing?.stop();
  });

  const sabotages: Record<string, (span: object) => void> = {
    'attributes that throw when they are read': (span) => {
      const { attributes } = span as { attributes: object };
      Object.assign(span, { attributes: unreadable(attributes) });
    },
    'a kind that throws': (span) => void Object.defineProperty(span, 'kind', { get: boom }),
    'a parent that throws': (span) => void Object.defineProperty(span, 'parentSpanContext', { get: boom }),
    'a status that throws': (span) => void Object.defineProperty(span, 'status', { get: boom, set() {} }),
    'a place for our record that throws': (span) =>
      void Object.defineProperty(span, Symbol.for('@cerberus-otel/request.v1'), { get: boom, set: boom }),
  };
  for (const [what, sabotage] of Object.entries(sabotages)) {
    it(`F39 span with ${what}: the request is answered, and it is counted and said once`, async () => {
      await answers([saboteur(sabotage)]);
      await until('each failure is counted', () => processor.stats().hookFailures >= 5);
      expect(new Set(reporter.codes)).to.deep.equal(new Set(['CERBERUS_HOOK_FAILED']));
      expect(reporter.codes.length).to.be.at.most(3);
      expect(JSON.stringify(reporter)).to.not.match(/planted|203\.0/);
    });
  }

  it('F39 hash that fails: the request is answered, its event has no address, and it is counted', async () => {
    const { createHmac, getFips } = crypto;
    crypto.createHmac = boom;
    crypto.getFips = boom;
    syncBuiltinESMExports();
    try {
      await answers();
      await until('the events are handed over', () => exporter.requests.length === 5);
    } finally {
      crypto.createHmac = createHmac;
      crypto.getFips = getFips;
      syncBuiltinESMExports();
    }
    for (const request of exporter.requests) expect(request).to.not.have.property('cerberus.source_ip');
    expect(processor.stats()).to.include({ seen: 5, handedOver: 5 }).and.property('hookFailures').at.least(5);
    expect(JSON.stringify(reporter)).to.not.match(/planted|203\.0/);
    expect(await send((server as TestServer).port)).to.include('fine');
    expect(await exporter.request(5)).to.have.property('cerberus.source_ip');
  });

  it('F39 hostile values of an SDK 3 in every hook: no request, rejection or prototype is affected', async () => {
    const { code, stderr, report } = await runChild(
      'hostile-values.js',
      {},
      { node: ['--unhandled-rejections=strict'] },
    );
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    const { planted = 0, events = 0, refused = 0 } = report as Record<string, number>;
    expect(planted).to.be.at.least(100);
    expect(events + refused).to.equal(planted);
    // An array that throws when it is looked at costs its event; nothing else does.
    expect(refused).to.be.at.most(2);
    expect(report['polluted']).to.deep.equal([]);
  });
});
