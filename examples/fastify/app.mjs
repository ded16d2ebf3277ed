import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { extractCerberusMetrics, setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import Fastify from 'fastify';
import { sdk } from './instrumentation.mjs';

const plans = new Map([
  ['1', 'free'],
  ['2', 'pro'],
]);
const app = Fastify();

// A handler may put metrics into its response; they are taken out here, for all routes.
app.addHook('preSerialization', async (_request, _reply, payload) => extractCerberusMetrics(payload));

app.get('/users/:id', async (request, reply) => {
  const plan = plans.get(request.params.id);
  if (plan === undefined) return reply.code(404).send({ error: 'no such user' });
  // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  setMetric('paying', plan !== 'free');
  return { id: request.params.id, plan };
});
app.post('/orders', async (request, reply) => {
  const items = Array.isArray(request.body?.items) ? request.body.items.length : 0;
  return reply.code(201).send({ items, _cerberus_metrics: { order: { items } } });
});
app.get('/slow', async () => {
  await sleep(300);
  return { slow: true };
});
app.get('/report', (_request, reply) => reply.type('text/csv').send(Readable.from(lines())));
app.get('/fail', async () => {
  throw new Error('on purpose');
});

async function* lines() {
  for (const line of ['tea,2\n', 'cup,1\n']) {
    yield line;
    await sleep(150);
  }
}

app.listen({ port: Number(process.env.PORT ?? 3000), host: '::' }, (error) => {
  if (error) throw error;
  process.stdout.write(`listening on http://localhost:${app.server.address().port}\n`);
});

function stop() {
  void app.close().finally(() => sdk.shutdown().finally(() => process.exit()));
}
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
