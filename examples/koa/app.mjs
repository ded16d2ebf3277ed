import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { extractCerberusMetrics, setMetric } from '@cerberus-otel/instrumentation';
import { Router } from '@koa/router';
import { trace } from '@opentelemetry/api';
import Koa from 'koa';
import { sdk } from './instrumentation.mjs';

const plans = new Map(Object.entries({ 1: 'free', 2: 'pro' }));
const app = new Koa();
const router = new Router();

// A handler may put metrics into its response; they are taken out here, for all routes.
app.use(async (context, next) => {
  await next();
  if (context.body !== undefined) context.body = extractCerberusMetrics(context.body);
});

router.get('/users/:id', (context) => {
  const plan = plans.get(context.params.id);
  if (plan === undefined) return;
  // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  setMetric('paying', plan !== 'free');
  context.body = { id: context.params.id, plan };
});
router.post('/orders', async (context) => {
  const body = JSON.parse((await context.req.toArray()).join(''));
  const items = Array.isArray(body.items) ? body.items.length : 0;
  context.status = 201;
  context.body = { items, _cerberus_metrics: { order: { items } } };
});
router.get('/slow', async (context) => {
  await sleep(300);
  context.body = { slow: true };
});
router.get('/report', (context) => {
  context.type = 'text/csv';
  context.body = Readable.from(lines());
});
router.get('/fail', () => {
  throw new Error('on purpose');
});
app.use(router.routes());

async function* lines() {
  yield 'tea,2\n';
  await sleep(300);
  yield 'cup,1\n';
}

const server = app.listen(Number(process.env.PORT ?? 3000), () => {
  process.stdout.write(`listening on http://localhost:${server.address().port}\n`);
});

function stop() {
  server.close(() => void sdk.shutdown().finally(() => process.exit()));
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
