// The processor beside others: without an exporter of its own, and on SDKs that have no `onEnding`.
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { BatchSpanProcessor, InMemorySpanExporter, type Span } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { CerberusSpanProcessor, setMetric, type SdkSpan } from '../dist/esm/index.js';
import { listen, send } from './support/http-server.js';
import { RecordingExporter } from './support/recording-exporter.js';
import { serverSpan, span } from './support/spans.js';
import { startTracing } from './support/tracing.js';

const OURS = { 'cerberus.outcome': 'completed', 'cerberus.endpoint': '/x', 'cerberus.metric.n': 1 };

describe('CerberusSpanProcessor without an exporter', () => {
  for (const position of ['before', 'behind'] as const) {
    it(`enriches for a BatchSpanProcessor, also when it stands ${position} it`, async () => {
      const processor = new CerberusSpanProcessor({ secretKey: 'k'.repeat(32) }, { env: {} });
      const memory = new InMemorySpanExporter();
      const batch = new BatchSpanProcessor(memory);
      const processors = position === 'before' ? [processor, batch] : [batch, processor];
      startTracing({ processors });
      const server = await listen((_request, response) => {
        setMetric('n', 1);
        response.end();
      });
      await send(server.port, { target: '/x' });
      await batch.forceFlush();
      const [exported] = memory.getFinishedSpans();
      expect(exported?.attributes).to.include(OURS);
      expect(exported?.attributes['cerberus.source_ip']).to.match(/^[0-9a-f]{64}$/);
      expect(processor.stats()).to.include({ seen: 1, handedOver: 0, refused: 0 });
    });
  }
});

describe('CerberusSpanProcessor on an SDK without `onEnding`', () => {
  it('enriches in `onEnd`', async () => {
    const exporter = new RecordingExporter();
    const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
    const root = serverSpan();
    processor.onStart(root, ROOT_CONTEXT);
    const context = ROOT_CONTEXT.setValue(Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA'), {
      span: root,
    });
    const child = span({ attributes: { 'cerberus.metric.n': 1 } });
    processor.onStart(child, context);
    processor.onEnd(child);
    processor.onEnd(root);
    expect(exporter.requests[0]).to.include({ 'cerberus.outcome': 'completed', 'cerberus.metric.n': 1 });
    expect(exporter.requests[0]?.['cerberus.source_ip']).to.match(/^[0-9a-f]{64}$/);
    expect(processor.stats()).to.include({ seen: 1, handedOver: 1, hookFailures: 0 });
    await processor.shutdown();
  });

  it("takes the SDK's own spans for what it declares them to be", () => {
    // Compiled, that is all: the SDK's span is assignable to ours.
    const assignable: (theirs: Span) => SdkSpan = (theirs) => theirs;
    expect(assignable).to.be.a('function');
  });
});
