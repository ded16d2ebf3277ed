import { register } from 'node:module';
import { withCerberus } from '@cerberus-otel/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

// ES modules are instrumented through a loader hook; a CommonJS application does without this line.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

export const sdk = new NodeSDK(
  withCerberus(
    { instrumentations: [new HttpInstrumentation()] },
    {
      wsUrl: process.env.CERBERUS_WS_URL ?? 'ws://127.0.0.1:8765/ws/events',
      backendUrl: process.env.CERBERUS_BACKEND_URL ?? 'http://127.0.0.1:8765',
      token: process.env.CERBERUS_TOKEN,
      clientId: process.env.CERBERUS_CLIENT_ID ?? 'hono-otel-example',
    },
  ),
);
sdk.start();
