// Set-up 1 of the README: withCerberus around the configuration that the application has.
import { withCerberus } from '@cerberus-otel/instrumentation';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { instrumentations, metricReader } from './common.mjs';

const configuration = withCerberus(
  { instrumentations, metricReaders: [metricReader] },
  {
    wsUrl: process.env.APP_WS_URL,
    token: process.env.APP_TOKEN,
    clientId: 'e2e',
    backendUrl: process.env.APP_BACKEND_URL,
  },
);
const sdk = new NodeSDK(configuration);
sdk.start();

/** What Cerberus made, for whoever wants to look at it. */
export const made = { configuration, processor: configuration.spanProcessors?.[0] };

// As an operator's signal handler would: whatever other exporters say, the process goes on to exit.
export const shutdown = () => sdk.shutdown().catch(() => undefined);
