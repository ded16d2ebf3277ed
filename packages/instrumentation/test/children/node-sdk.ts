// NodeSDK as the README sets it up, driven by the environment, for one request. MODE names what the user
// configured besides.
import { trace } from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK, resources, tracing, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { setMetric, withCerberus, type CerberusOptions } from '../../dist/esm/index.js';
import { report, serveOnce } from './report.js';

const exported: string[] = [];
const processed: string[] = [];
/** Whether the pseudonym was on the span when another processor saw its end. */
const identified: boolean[] = [];
const warnings: string[] = [];

class OwnExporter extends tracing.InMemorySpanExporter {
  override export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    exported.push(...spans.map((span) => span.name));
    super.export(spans, done);
  }
}
const own = new OwnExporter();
const processor: SpanProcessor = {
  onStart: () => undefined,
  onEnd(span) {
    processed.push(span.name);
    identified.push('cerberus.source_ip' in span.attributes);
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
const sampler = Object.assign(new tracing.AlwaysOffSampler(), { toString: () => 'mine' });

const modes: Record<string, Partial<NodeSDKConfiguration>> = {
  none: {},
  traceExporter: { traceExporter: own },
  spanProcessors: { spanProcessors: [processor] },
  spanProcessor: { spanProcessor: processor },
  sampler: { sampler, spanProcessors: [processor] },
  batch: { spanProcessors: [new tracing.BatchSpanProcessor(own), processor] },
};

process.on('warning', (warning) =>
  warnings.push(`${(warning as { code?: string }).code}: ${warning.message}`),
);

const resource = resources.resourceFromAttributes(
  JSON.parse(process.env['RESOURCE'] ?? '{}') as Record<string, string>,
);
const given = {
  instrumentations: [new HttpInstrumentation()],
  ...modes[process.env['MODE'] ?? 'none'],
  ...(process.env['RESOURCE'] !== undefined && { resource }),
};
const options = JSON.parse(process.env['OPTIONS'] ?? '{}') as CerberusOptions;
const configuration = withCerberus(given, options);
if (process.env['MODE'] === 'afterwards') configuration.spanProcessors?.push(processor);
const sdk = new NodeSDK(configuration);
sdk.start();
let taken: boolean | undefined;
let root: Partial<ReadableSpan> | undefined;
const answer = await serveOnce((_request, response) => {
  taken = setMetric('answered', true);
  root = trace.getActiveSpan();
  response.end('fine');
});
const isWrittenLater = root?.ended === true && !('cerberus.source_ip' in (root.attributes ?? {}));
if (process.env['SHUTDOWN'] !== 'no') await sdk.shutdown();
report({
  answer: answer.split('\r\n')[0],
  unchanged: (configuration as unknown) === given,
  sampler: String(configuration.sampler),
  processors: configuration.spanProcessors?.map((each) => each.constructor.name),
  taken,
  exported,
  processed,
  identified,
  isWrittenLater,
  warnings,
});
