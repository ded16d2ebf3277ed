import { setTimeout as sleep } from 'node:timers/promises';
import { extractCerberusMetrics, setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import express from 'express';
import { sdk } from './instrumentation.mjs';

const plans = new Map([
  ['1', 'free'],
  ['2', 'pro'],
]);
const app = express();

// A handler may put metrics into its response; they are taken out here, for all routes.
app.use((_request, response, next) => {
  const { json } = response;
  response.json = (body) => json.call(response, extractCerberusMetrics(body));
  next();
});
app.get('/users/:id', (request, response) => {
  const plan = plans.get(request.params.id);
  if (plan === undefined) return void response.status(404).json({ error: 'no such user' });
  // A metric as an attribute of the active span: nothing of Cerberus is needed here …
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  // … and with the helper, which also counts in requests that are not sampled.
  setMetric('paying', plan !== 'free');
  response.json({ id: request.params.id, plan });
});
app.post('/orders', express.json(), (request, response) => {
  const items = Array.isArray(request.body?.items) ? request.body.items.length : 0;
  response.status(201).json({ items, _cerberus_metrics: { order: { items } } });
});
app.get('/slow', async (_request, response) => {
  await sleep(300);
  response.json({ slow: true });
});
app.get('/report', async (_request, response) => {
  for (const line of ['tea,2\n', 'cup,1\n']) {
    response.write(line);
    await sleep(150);
  }
  response.end();
});
app.get('/fail', () => {
  throw new Error('on purpose');
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
