// `node main.cjs forms endings`: runs the cases of these files.
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
start(http, ofFrameworks());
const { report, runCases } = require('./run-cases.cjs');
const cases = process.argv.slice(2).flatMap((file) => require(`./${file}.cjs`));
void runCases(http, cases).then(report);
