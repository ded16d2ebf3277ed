import { register } from 'node:module';
import { withCerberus } from '@cerberus-otel/instrumentation';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

new NodeSDK(
  withCerberus({ instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()] }, {}),
).start();
