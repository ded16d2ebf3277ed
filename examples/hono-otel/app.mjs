import { setTimeout as sleep } from 'node:timers/promises';
import { setMetric } from '@cerberus-otel/instrumentation';
import { serve } from '@hono/node-server';
import { httpInstrumentationMiddleware } from '@hono/otel';
import { trace } from '@opentelemetry/api';
import { Hono } from 'hono';
import { streamText } from 'hono/streaming';
import { sdk } from './instrumentation.mjs';

const plans = new Map(Object.entries({ 1: 'free', 2: 'pro' }));
const app = new Hono();

// Names the route.
app.use(httpInstrumentationMiddleware());
app.get('/users/:id', (context) => {
  const id = context.req.param('id');
  const plan = plans.get(id);
  if (plan === undefined) return context.json({ error: 'no such user' }, 404);
  // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  setMetric('paying', plan !== 'free');
  return context.json({ id, plan });
});
app.post('/orders', async (context) => {
  const body = await context.req.json();
  const items = Array.isArray(body.items) ? body.items.length : 0;
  setMetric('order.items', items);
  return context.json({ items }, 201);
});
app.get('/slow', async (context) => {
  await sleep(300);
  return context.json({ slow: true });
});
app.get('/report', (context) =>
  streamText(context, async (stream) => {
    for (const line of ['tea,2\n', 'cup,1\n']) {
      await stream.write(line);
      await sleep(150);
    }
  }),
);
app.get('/fail', () => {
  throw new Error('on purpose');
});

const options = { fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '::' };
const server = serve(options, ({ port }) => {
  process.stdout.write(`listening on http://localhost:${port}\n`);
});

function stop() {
  server.close(() => void sdk.shutdown().finally(() => process.exit()));
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
