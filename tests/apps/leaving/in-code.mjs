// Cerberus set up in code, by an application that never shuts it down.
import { register } from 'node:module';
import { withCerberus } from '@cerberus-otel/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
new NodeSDK(
  withCerberus({
    instrumentations: [new HttpInstrumentation()],
    spanProcessors: [],
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: [],
  }),
).start();
