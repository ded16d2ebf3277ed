import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { setMetric } from '@cerberus-otel/instrumentation';
import Hapi from '@hapi/hapi';
import { trace } from '@opentelemetry/api';
import { sdk } from './instrumentation.mjs';

const plans = new Map(Object.entries({ 1: 'free', 2: 'pro' }));
const server = Hapi.server({ port: Number(process.env.PORT ?? 3000), host: '::' });

function user(request, h) {
  const plan = plans.get(request.params.id);
  if (plan === undefined) return h.response({ error: 'no such user' }).code(404);
  // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  setMetric('paying', plan !== 'free');
  return { id: request.params.id, plan };
}

function order(request, h) {
  const items = Array.isArray(request.payload?.items) ? request.payload.items.length : 0;
  setMetric('order.items', items);
  return h.response({ items }).code(201);
}

async function slow() {
  await sleep(300);
  return { slow: true };
}

async function* lines() {
  yield 'tea,2\n';
  await sleep(300);
  yield 'cup,1\n';
}

function report(_request, h) {
  return h.response(Readable.from(lines(), { objectMode: false })).type('text/csv');
}

function fail() {
  throw new Error('on purpose');
}

server.route([
  { method: 'GET', path: '/users/{id}', handler: user },
  { method: 'POST', path: '/orders', handler: order },
  { method: 'GET', path: '/slow', handler: slow },
  { method: 'GET', path: '/report', handler: report },
  { method: 'GET', path: '/fail', handler: fail },
]);
void server.start().then(() => {
  process.stdout.write(`listening on http://localhost:${server.info.port}\n`);
});

function stop() {
  void server.stop().finally(() => sdk.shutdown().finally(() => process.exit()));
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
