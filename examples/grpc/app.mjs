import { setTimeout as sleep } from 'node:timers/promises';
import { setMetric } from '@cerberus-otel/instrumentation';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { trace } from '@opentelemetry/api';
import { sdk } from './instrumentation.mjs';

const plans = new Map(Object.entries({ 1: 'free', 2: 'pro' }));
const { shop } = grpc.loadPackageDefinition(loadSync('shop.proto'));
const server = new grpc.Server();

function getUser({ request }, callback) {
  const plan = plans.get(request.id);
  if (plan === undefined) return callback({ code: grpc.status.NOT_FOUND, details: 'no such user' });
  // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  setMetric('paying', plan !== 'free');
  callback(null, { id: request.id, plan });
}

async function report(call) {
  for (const text of ['tea,2', 'cup,1']) {
    call.write({ text });
    await sleep(150);
  }
  call.end();
}

async function slow(_call, callback) {
  await sleep(300);
  callback(null, { text: 'slow' });
}

function fail(_call, callback) {
  callback({ code: grpc.status.INTERNAL, details: 'on purpose' });
}

function crash() {
  throw new Error('on purpose');
}

server.addService(shop.Shop.service, { getUser, report, slow, fail, crash });
const address = `[::]:${process.env.PORT ?? 3000}`;
server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`listening on http://localhost:${port}\n`);
});

function stop() {
  server.tryShutdown(() => void sdk.shutdown().finally(() => process.exit()));
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
