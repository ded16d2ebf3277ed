// An application of ES modules that knows nothing of OpenTelemetry but its API. ENDS says how it wants to end: by itself
// after one request, by a handler of its own for SIGTERM, or not at all.
import { setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import express from 'express';
import type { AddressInfo } from 'node:net';

const app = express();
app.get('/users/:id', (_request, response) => {
  trace.getActiveSpan()?.setAttribute('cerberus.metric.attribute', 1);
  setMetric('helper', 2);
  response.json({});
});
// As what serves files does, without a route.
app.use((request, response, next) => (request.path === '/file' ? void response.end() : next()));

const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});
const ends = process.env['ENDS'];
if (ends === 'by itself')
  server.on('request', (_request, response) => response.on('finish', () => server.close()));
if (ends === 'by a handler') {
  process.on('SIGTERM', () => {
    process.stdout.write('handled\n');
    setTimeout(() => process.exit(7), 500);
  });
}
// Nothing may be left behind when a test fails to stop it.
setTimeout(() => process.exit(9), 15_000).unref();
