import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import { sdk } from './instrumentation.mjs';

const plans = new Map(Object.entries({ 1: 'free', 2: 'pro' }));

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function order(request, response) {
  const body = JSON.parse((await request.toArray()).join(''));
  const items = Array.isArray(body.items) ? body.items.length : 0;
  setMetric('order.items', items);
  json(response, 201, { items });
}

async function report(response) {
  for (const line of ['tea,2\n', 'cup,1\n']) {
    response.write(line);
    await sleep(150);
  }
  response.end();
}

async function answer(request, response) {
  const [path] = request.url.split('?');
  const plan = path.startsWith('/users/') ? plans.get(path.slice('/users/'.length)) : undefined;
  if (request.method === 'POST' && path === '/orders') return order(request, response);
  if (path === '/report') return report(response);
  if (path === '/fail') throw new Error('on purpose');
  if (path === '/slow') await sleep(300);
  else if (plan === undefined) return json(response, 404, { error: 'not found' });
  else {
    // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
    trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
    setMetric('paying', plan !== 'free');
  }
  json(response, 200, { plan });
}

// `npm start` makes them first.
const certificate = { cert: readFileSync('cert.pem'), key: readFileSync('key.pem') };
const server = createServer(certificate, (request, response) => {
  answer(request, response).catch(() => json(response, 500, { error: 'internal error' }));
});
server.listen(Number(process.env.PORT ?? 3000), () => {
  process.stdout.write(`listening on https://localhost:${server.address().port}\n`);
});

function stop() {
  server.close(() => void sdk.shutdown().finally(() => process.exit()));
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
