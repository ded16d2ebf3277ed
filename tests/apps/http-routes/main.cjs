// `node main.cjs express express-4`: sends every request of an application's cases, and reports the SERVER span of each. With
// `KIND=standard`, HttpInstrumentation and the framework's own instrumentation make it; with `KIND=ours`, HttpServerInstrumentation alone.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { fromSdk, instrumentation, recorder, start } = require('../http-server/recorder.cjs');
const { request, send } = require('../http-server/client.cjs');

const [file, ...args] = process.argv.slice(2);
const DEADLINE_MILLIS = 3_000;
const SERVER = 1;
const INSTRUMENTATIONS = {
  express: ['@opentelemetry/instrumentation-express', 'ExpressInstrumentation'],
  fastify: ['@fastify/otel', 'FastifyOtelInstrumentation', { registerOnInitialization: true }],
  koa: ['@opentelemetry/instrumentation-koa', 'KoaInstrumentation'],
  hapi: ['@opentelemetry/instrumentation-hapi', 'HapiInstrumentation'],
  restify: ['@opentelemetry/instrumentation-restify', 'RestifyInstrumentation'],
};
/** Those whose routes are asked for as a patch. */
const PATCHED = new Set(['koa', 'hapi']);

function ofFramework(name) {
  const [from, className, options] = INSTRUMENTATIONS[name];
  return new (fromSdk(from)[className])(options);
}

/** Until the span of a request has ended. */
async function settled() {
  const deadline = performance.now() + DEADLINE_MILLIS;
  do await sleep(1);
  while (recorder.open > 0 && performance.now() < deadline);
}

async function seenOf(port, line) {
  const answer = await send(port, request(line));
  await settled();
  const { name, attributes, ended } = recorder.take([port]).find(({ kind }) => kind === SERVER) ?? {};
  const route = attributes?.['http.route'] ?? 'none';
  return { name, route, status: Number(answer.split(' ')[1]), ended };
}

async function main() {
  const { frameworks = args, applications } = require(`./${file}.cjs`);
  const isStandard = process.env.KIND === 'standard';
  const patchRoutes = frameworks.filter((name) => PATCHED.has(name));
  start(instrumentation(isStandard ? {} : { patchRoutes }), isStandard ? frameworks.map(ofFramework) : []);
  const report = {};
  for (const { name, lines, listen } of applications(fromSdk, ...args)) {
    const { port, close } = await listen();
    for (const line of lines) report[`${name}: ${line}`] = await seenOf(port, line);
    await close();
  }
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
}

void main();
