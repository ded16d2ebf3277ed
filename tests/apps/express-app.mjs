// An Express application in a process of its own: APP_SETUP names its set-up. It prints its port, serves until a line
// on stdin, then shuts down as a well-behaved application does and prints what it counted itself.
import { createRequire, register } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { setMetric, setUserId } from '@cerberus-otel/instrumentation';
import { requestsByOtel } from './common.mjs';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
const { shutdown } = await import(`./${process.env.APP_SETUP}.mjs`);
const express = createRequire(import.meta.url)('express');

const app = express();
app.use(express.json());
app.get('/users/:id', (request, response) => {
  trace.getActiveSpan()?.setAttribute('cerberus.metric.items', 3);
  setMetric('cache_hit', request.params.id === '1');
  setUserId(`user-${request.params.id}`);
  response.json({ id: request.params.id });
});
// oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 forwards rejections itself.
app.post('/orders', async (request, response) => {
  await sleep(5);
  trace.getActiveSpan()?.setAttribute('cerberus.metric.order', String(request.body.secret).length);
  response.cookie('session', 'canary-cookie').status(201).json({ ok: true });
});
app.get('/boom', () => {
  throw new Error('boom');
});
app.get('/hang', (_request, response) => void response.write('...'));
app.get('/health', (_request, response) => response.send('ok'));

let served = 0;
const server = app.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`),
);
server.on('request', ({ url }) => {
  if (url !== '/health') served += 1;
});

process.stdin.once('data', async () => {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  const otel = await requestsByOtel();
  await shutdown();
  process.stdout.write(`${JSON.stringify({ served, otel })}\n`);
  process.exit(0);
});
