import { withCerberus } from '@cerberus-otel/instrumentation';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
new NodeSDK(
  withCerberus({ instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()] }),
).start();
