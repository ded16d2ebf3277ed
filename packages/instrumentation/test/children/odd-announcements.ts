// Somebody else speaks in the channels of Node, and says less; or has set up tracing that cannot be read.
import { channel } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { CerberusSpanProcessor, HttpServerInstrumentation } from '../../dist/esm/index.js';
import { sayWhereWorkerServes } from '../../dist/esm/register/worker.js';
import { captureWithoutSdk } from '../../dist/esm/setup/without-sdk.js';
import { listen, send } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { report } from './report.js';

const CHANNELS = [
  'fastify.initialization',
  'http.client.request.created',
  'http.server.request.start',
  'http.server.response.finish',
  'http2.server.stream.start',
  'net.server.socket',
  'tracing:net.server.listen:asyncStart',
  'undici:request:create',
];

const MESSAGES: readonly unknown[] = [
  undefined,
  null,
  1,
  'text',
  {},
  { request: null, server: null, socket: null, stream: null, fastify: null },
  { request: 1, server: 1, socket: 1, stream: 1, fastify: 1 },
  { request: { url: 5 }, server: {}, socket: {}, stream: {}, fastify: {}, response: {}, headers: {} },
  { request: { url: '/x' }, server: Object.create(null), socket: { server: Object.create(null) } },
];

const thrown: string[] = [];
process.on('uncaughtException', (error) => thrown.push(error.message));

const exporter = new RecordingExporter();
const options = { exporter, secretKey: 'k'.repeat(32), patchRoutes: ['koa', 'hapi'] as const };
const processor = new CerberusSpanProcessor(options, { env: {} });
const said: string[] = [];
captureWithoutSdk(processor, { say: (message) => said.push(message), record: 'server' });
sayWhereWorkerServes(() => undefined);
const instrumentation = new HttpServerInstrumentation({ http2: true, enabled: false });
if (process.env['BESIDE'] === 'instrumentation') instrumentation.enable();
if (process.env['BESIDE'] === 'unreadable') {
  const unreadable = new Proxy(trace.getTracerProvider(), {
    get() {
      throw new Error('on purpose');
    },
  });
  trace.setGlobalTracerProvider(trace.getTracerProvider());
  Object.assign((globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')] as object, {
    trace: unreadable,
  });
}

for (const message of MESSAGES) for (const name of CHANNELS) channel(name).publish(message);
// What those who listen throw comes in the next tick.
await sleep(1);
const { port, close } = await listen((_request, response) => response.end());
await send(port, { target: '/counted' });
await exporter.request();
await close();
report({ thrown, said, endpoints: exporter.requests.map((each) => each['cerberus.endpoint']) });
