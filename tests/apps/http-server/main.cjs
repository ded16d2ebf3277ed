// `node main.cjs forms endings`: runs the cases of these files but those that LEFT_OUT names.
'use strict';
const { fromSdk, instrumentation, start } = require('./recorder.cjs');

/** They patch frameworks as they are loaded, which only some cases do. */
function ofFrameworks() {
  return [
    ['@opentelemetry/instrumentation-express', 'ExpressInstrumentation'],
    ['@opentelemetry/instrumentation-koa', 'KoaInstrumentation'],
    ['@opentelemetry/instrumentation-hapi', 'HapiInstrumentation'],
    ['@opentelemetry/instrumentation-connect', 'ConnectInstrumentation'],
    ['@opentelemetry/instrumentation-restify', 'RestifyInstrumentation'],
    ['@fastify/otel', 'FastifyOtelInstrumentation', { registerOnInitialization: true }],
  ].map(([name, className, options]) => new (fromSdk(name)[className])(options));
}

const http = instrumentation();
const sdk = start(http, ofFrameworks());
const { report, runCases } = require('./run-cases.cjs');
const leftOut = JSON.parse(process.env.LEFT_OUT ?? '[]');
const cases = process.argv.slice(2).flatMap((file) => require(`./${file}.cjs`));
const chosen = cases.filter(({ title }) => !leftOut.includes(title));
void runCases(http, chosen).then(async (results) => {
  await sdk.shutdown();
  report(results);
});
