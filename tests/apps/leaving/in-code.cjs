// As in-code.mjs, from the CommonJS copies.
const { withCerberus } = require('@cerberus-otel/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');

new NodeSDK(
  withCerberus({
    instrumentations: [new HttpInstrumentation()],
    spanProcessors: [],
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: [],
  }),
).start();
// The application is an ES module, and finds `node:http` patched because it is loaded here.
exports.http = require('node:http');
