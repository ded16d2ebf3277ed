import { setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import express from 'express';
import { sdk } from './instrumentation.mjs';

const plans = new Map([
  ['1', 'free'],
  ['2', 'pro'],
]);
const app = express();

app.get('/', (_request, response) => {
  response.json({ hello: 'world' });
});

app.get('/users/:id', (request, response) => {
  const plan = plans.get(request.params.id);
  if (plan === undefined) {
    response.status(404).json({ error: 'no such user' });
    return;
  }
  // A metric as an attribute of the active span: nothing of Cerberus is needed here …
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  response.json({ id: request.params.id, plan });
});

app.post('/orders', express.json(), (request, response) => {
  const items = Array.isArray(request.body?.items) ? request.body.items.length : 0;
  // … and with the helper, which also counts in requests that are not sampled.
  setMetric('order_items', items);
  response.status(201).json({ items });
});

const server = app.listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error) throw error;
  process.stdout.write(`listening on http://localhost:${server.address().port}\n`);
});

// Answer what has arrived, then send the last events, then end.
function stop() {
  server.close(() => void sdk.shutdown().finally(() => process.exit()));
}
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
