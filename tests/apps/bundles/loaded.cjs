// Which modules of Node.js does the package load at once, and which of them does OpenTelemetry instrument?
const Module = require('node:module');
const { getNodeAutoInstrumentations } = require('@opentelemetry/auto-instrumentations-node');

const instrumentations = getNodeAutoInstrumentations({
  '@opentelemetry/instrumentation-fs': { enabled: true },
});
const instrumented = instrumentations
  .flatMap(({ _modules: modules }) => modules ?? [])
  .map(({ name }) => name)
  .filter((name) => Module.isBuiltin(name));

const loaded = new Set();
const { require: original } = Module.prototype;
Module.prototype.require = function (id) {
  if (Module.isBuiltin(id)) loaded.add(id.replace(/^node:/, ''));
  return original.call(this, id);
};
globalThis.cerberus = require('@cerberus-otel/instrumentation');
process.stdout.write(JSON.stringify({ instrumented, loaded: [...loaded] }));
