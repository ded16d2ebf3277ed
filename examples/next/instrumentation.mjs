import { register } from 'node:module';
import { withCerberus } from '@cerberus-otel/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

// ES modules are instrumented through a loader hook; a CommonJS application does without this line.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const sdk = new NodeSDK(
  withCerberus(
    { instrumentations: [new HttpInstrumentation()] },
    {
      wsUrl: process.env.CERBERUS_WS_URL ?? 'ws://127.0.0.1:8765/ws/events',
      backendUrl: process.env.CERBERUS_BACKEND_URL ?? 'http://127.0.0.1:8765',
      token: process.env.CERBERUS_TOKEN,
      clientId: process.env.CERBERUS_CLIENT_ID ?? 'next-example',
    },
  ),
);
sdk.start();

// Next.js would end at once on a signal; this way the last events are sent first.
process.env.NEXT_MANUAL_SIG_HANDLE = 'true';
const stop = () => void sdk.shutdown().finally(() => process.exit());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
