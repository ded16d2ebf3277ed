// An Express application, with whatever else is preloaded. At its end it lets the others send what they have.
import { setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import express from 'express';

const app = express();
app.get('/users/:id', (request, response) => {
  setMetric('helper', Number(request.params.id));
  trace.getActiveSpan()?.setAttribute('cerberus.metric.on_span', true);
  // Later ones are answered sooner: what belongs to which request shows.
  setTimeout(() => response.json({}), 30 - 10 * Number(request.params.id));
});
app.use(
  '/api/:version',
  express.Router().post('/orders', (_request, response) => response.status(503).end()),
);

const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`{"port":${server.address().port}}\n`);
});

process.on('message', () => {
  void Promise.resolve(globalThis.finishOther?.()).then(() => {
    // What still is on its way to a sink in this machine.
    setTimeout(() => process.exit(0), 500);
  });
});
