// Does as Next.js: calls itself by that name, listens, and answers nothing until it has called the application's own set-up, which makes
// an SDK where SDK says so. Prints how many of the application's spans that one got when it is told to end.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

process.title = 'next-server (v16.0.0)';
process.chdir(process.env['FOLDER'] ?? '');

const exporter = new InMemorySpanExporter();
let ready: Promise<void> | undefined;

async function setUp(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  if (process.env['SDK'] !== 'yes') return;
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
}

const server = createServer((_request, response) => {
  ready ??= setUp();
  void ready.then(() => {
    setMetric('helper', 1);
    trace.getActiveSpan()?.setAttribute('cerberus.metric.attribute', 2);
    trace.getTracer('of the application').startSpan('work').end();
    response.end();
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => {
  process.stdout.write(`spans: ${exporter.getFinishedSpans().length}\n`);
  process.exit();
});
setTimeout(() => process.exit(9), 15_000).unref();
