// `node setups.cjs <name>`: one process for each way in which an application is set up.
'use strict';
const cluster = require('node:cluster');
const { once } = require('node:events');
const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const { fromSdk, instrumentation, recorder, start, stop, ours } = require('./recorder.cjs');
const { request, send } = require('./client.cjs');

const REQUESTS = 3;

/** Spans of this process so far, each as its instrumentation and its path. */
const spans = () =>
  recorder.spans.map(
    ({ span }) => `${span.instrumentationScope.name.split('/')[1]} ${span.attributes['url.path']}`,
  );

function makeServer() {
  return require('node:http').createServer((req, res) => setTimeout(() => res.end(recorder.active()), 2));
}

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

async function ask(port, ...paths) {
  const answers = [];
  for (const path of paths) answers.push((await send(port, request(`GET ${path}`))).split('\r\n\r\n')[1]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return answers;
}

const standard = (options) =>
  new (fromSdk('@opentelemetry/instrumentation-http').HttpInstrumentation)(options);
async function answered(...paths) {
  const answers = await ask(await listen(makeServer()), ...paths);
  return { spans: spans(), answers };
}

const SETUPS = {
  async 'made before'() {
    const server = makeServer();
    const port = await listen(server);
    await ask(port, '/before');
    start(instrumentation());
    await ask(port, '/after');
    return { spans: spans() };
  },
  async 'enabled by the SDK'() {
    const http = instrumentation({ enabled: false });
    const before = http.getConfig().enabled;
    start(http);
    return { before, ...(await answered('/1')) };
  },
  async 'registered without NodeSDK'() {
    start(noInstrumentation);
    const unload = fromSdk('@opentelemetry/instrumentation').registerInstrumentations({
      instrumentations: [[instrumentation()]],
    });
    const port = await listen(makeServer());
    await ask(port, '/1');
    unload();
    await ask(port, '/2');
    return { spans: spans() };
  },
  async 'disabled and enabled again'() {
    const http = instrumentation();
    start(http);
    const port = await listen(makeServer());
    await ask(port, '/1');
    http.disable();
    await ask(port, '/2');
    http.disable();
    http.enable();
    http.enable();
    await ask(port, '/3');
    return { spans: spans() };
  },
  async 'disabled while a request is served'() {
    const http = instrumentation();
    start(http);
    const server = require('node:http').createServer((req, res) => {
      http.disable();
      setTimeout(() => res.end(), 5);
    });
    await ask(await listen(server), '/1');
    return { spans: spans(), ended: recorder.spans.every(({ span }) => span.ended) };
  },
  async cluster() {
    start(instrumentation());
    const workers = [cluster.fork(), cluster.fork()];
    const [{ port }] = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
    const made = [];
    for (const worker of workers) worker.on('message', ({ spans: all }) => made.push(...(all ?? [])));
    for (let index = 0; index < REQUESTS; index += 1) await send(port, request(`GET /${index}`));
    for (const worker of workers) worker.send('finish');
    await Promise.all(workers.map((worker) => once(worker, 'exit')));
    return { spans: made.toSorted() };
  },
  async 'worker thread'() {
    start(instrumentation());
    const worker = new Worker(__filename, { argv: ['worker'] });
    const [port] = await once(worker, 'message');
    await ask(port, '/1', '/2');
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a worker thread
    worker.postMessage('finish');
    const [made] = await once(worker, 'message');
    await worker.terminate();
    return { main: spans(), spans: made };
  },
  async 'two, ours first'() {
    start(ours(), [standard()]);
    return answered('/1', '/2');
  },
  async 'two, ours last'() {
    start(standard(), [ours()]);
    return answered('/1', '/2');
  },
  async 'two, HttpInstrumentation without incoming requests'() {
    start(standard({ disableIncomingRequestInstrumentation: true }), [ours()]);
    return answered('/1', '/2');
  },
  async 'two, HttpInstrumentation disabled later'() {
    const other = standard();
    start(other, [ours()]);
    const port = await listen(makeServer());
    const answers = await ask(port, '/1');
    other.disable();
    answers.push(...(await ask(port, '/2')));
    other.enable();
    answers.push(...(await ask(port, '/3')));
    return { spans: spans(), answers };
  },
  async 'two, servers of a class with an emit of its own'() {
    start(standard(), [ours()]);
    const { Server } = require('node:http');
    class OwnServer extends Server {
      emit(...all) {
        return super.emit(...all);
      }
    }
    const server = new OwnServer((req, res) => res.end(recorder.active()));
    const answers = await ask(await listen(server), '/1', '/2');
    return { spans: spans(), answers };
  },
  async 'two of ours'() {
    start(ours(), [ours()]);
    return answered('/1');
  },
  async 'both copies of the package'() {
    const { HttpServerInstrumentation } = await import('../../../packages/instrumentation/dist/esm/index.js');
    start(ours(), [new HttpServerInstrumentation()]);
    return answered('/1');
  },
};
const noInstrumentation = {
  getConfig: () => ({ enabled: true }),
  setTracerProvider: () => undefined,
  setMeterProvider: () => undefined,
};

async function serveInCluster() {
  start(instrumentation());
  process.send({ port: await listen(makeServer()) });
  await once(process, 'message');
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.send({ spans: spans() }, () => process.exit(0));
}

async function serveInWorker() {
  start(instrumentation());
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a worker thread
  parentPort.postMessage(await listen(makeServer()));
  await once(parentPort, 'message');
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a worker thread
  parentPort.postMessage(spans());
}

if (cluster.isWorker) void serveInCluster();
else if (!isMainThread) void serveInWorker();
else
  void SETUPS[process.argv[2]]().then(async (report) => {
    await stop();
    process.stdout.write(JSON.stringify(report), () => process.exit(0));
  });
