// As app.mjs, as a CommonJS module.
const { setMetric } = require('@cerberus-otel/instrumentation');
const { trace } = require('@opentelemetry/api');
const express = require('express');

const app = express();
app.get('/users/:id', (request, response) => {
  setMetric('helper', Number(request.params.id));
  trace.getActiveSpan()?.setAttribute('cerberus.metric.on_span', true);
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
    setTimeout(() => process.exit(0), 500);
  });
});
