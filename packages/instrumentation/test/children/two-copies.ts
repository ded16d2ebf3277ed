// Both copies of the package in one process: the processors come from one or both, the helpers from the other.
import { trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { context, type Attributes } from '@opentelemetry/api';
import * as esm from '../../dist/esm/index.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { report, require, serveOnce } from './report.js';

const cjs = require('../../dist/cjs/index.js') as typeof esm;
const copies = { esm, cjs };
const setUp = (process.env['SET_UP'] ?? '').split(',') as (keyof typeof copies)[];
const helper = copies[process.env['HELPER'] as keyof typeof copies];

const made = setUp.map((copy, index) => {
  const exporter = new RecordingExporter();
  const secretKey = `key-${index}`;
  return {
    exporter,
    processor: new copies[copy].CerberusSpanProcessor({ exporter, secretKey, trustProxy: 1 }),
  };
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const provider = new BasicTracerProvider({ spanProcessors: made.map(({ processor }) => processor) });
trace.setGlobalTracerProvider(provider);
const instrumentation = new HttpInstrumentation();
instrumentation.setTracerProvider(provider);

let taken: boolean | undefined;
await serveOnce(
  (_request, response) => {
    const child = provider.getTracer('test').startSpan('child');
    child.setAttribute('cerberus.metric.child', 1).end();
    taken = helper.setMetric('n', 1) && helper.setUserId('alice');
    response.end();
  },
  { 'x-forwarded-for': '203.0.113.77' },
);
await provider.shutdown();
report({
  distinct: (esm.CerberusSpanProcessor as unknown) !== cjs.CerberusSpanProcessor,
  taken,
  requests: made.map(({ exporter }): readonly Attributes[] => exporter.requests),
  stats: made.map(({ processor }) => processor.stats()),
});
